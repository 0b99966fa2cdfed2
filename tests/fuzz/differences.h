// What Troupe accepts on purpose though other parsers refuse it. All there is of it stands in one
// table, each with the words that allow or demand it.
#pragma once

#include <string_view>

namespace troupe::fuzz {

// Whether the table has something that covers this request, which Troupe accepts. There are more
// reasons than one to refuse, and the others may have different ones: each that only one of them
// has stands in the table too.
bool IsDifferentOnPurpose(std::string_view request);

}  // namespace troupe::fuzz
