// Sets one field by its path, as --set and the environment do: "limits.fields_max",
// "pools[0].queue_max", "pools.echo.queue_max" (an element by its name), "pools.echo.options.body".
// Not thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::config {

// Lists of values are set whole, "A,B"; of a list of groups one more element may be begun: pools[2]
// where there are two. Returns the path with elements by index. INVALID_ARGUMENT with a sentence
// that says what is allowed.
absl::StatusOr<std::string> SetByPath(std::string_view path, std::string_view text,
                                      v1::Config& config);

}  // namespace troupe::config
