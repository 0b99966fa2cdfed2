#include "runtime/telemetry/symbol.h"

#include "absl/debugging/symbolize.h"

namespace troupe::telemetry {

std::string FunctionAt(const void* address) {
  char name[512];
  // The return address lies behind the call, perhaps already in the next function.
  return absl::Symbolize(static_cast<const char*>(address) - 1, name, sizeof(name)) ? name : "";
}

}  // namespace troupe::telemetry
