// Feeds the loader with files, env-files and --set arguments, separated by lines of "%". Whatever
// loads must print to what loads again to the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "runtime/config/default_config.h"
#include "runtime/config/load.h"
#include "runtime/config/print.h"

namespace {

using troupe::config::Checks;
using troupe::config::Compose;
using troupe::config::DefaultConfig;
using troupe::config::Inputs;
using troupe::config::NamedText;

std::vector<std::string_view> SplitInput(std::string_view input) {
  constexpr std::string_view kSeparator = "\n%\n";
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = input.find(kSeparator);
    parts.push_back(input.substr(0, end));
    if (end == std::string_view::npos) return parts;
    input.remove_prefix(end + kSeparator.size());
  }
}

Inputs ToInputs(std::string_view input) {
  const std::vector<std::string_view> parts = SplitInput(input);
  Inputs inputs;
  inputs.file = NamedText{"fuzz.yaml", std::string(parts[0])};
  if (parts.size() > 1) inputs.env_files.push_back({"fuzz.env", std::string(parts[1])});
  for (size_t i = 2; i < parts.size(); ++i) {
    inputs.sets.push_back({std::string(parts[i]), "--set"});
  }
  return inputs;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Checks checks = {.services = {"echo", "respond", "welcome"}, .check_options = nullptr};
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto loaded = Compose(ToInputs(input), DefaultConfig(), checks);
  if (!loaded.ok()) return 0;
  const std::string printed = PrintConfig(loaded->config, loaded->origins);
  const auto again = Compose(ToInputs(printed), DefaultConfig(), checks);
  if (!again.ok() ||
      !google::protobuf::util::MessageDifferencer::Equals(loaded->config, again->config)) {
    std::abort();
  }
  return 0;
}
