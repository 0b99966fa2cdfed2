// The version of this build.
#pragma once

namespace troupe {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace troupe
