#include "services/welcome.h"

#include "absl/strings/str_replace.h"

namespace troupe {
namespace {

constexpr char kText[] = R"(Troupe serves HTTP here. With its embedded configuration, try:

  curl ADDRESS/health
  curl ADDRESS/slow
  curl -H 'X-Colour: red' ADDRESS/echo
  curl -d hi 'ADDRESS/echo?body'

trouped --print-config shows that configuration; trouped --config FILE starts with another.
docs/SERVICES.md shows how a service of your own is written.
)";

}  // namespace

void Welcome::Mount(Routes& routes) { routes.Get("/", this, &Welcome::Greet); }

std::string Welcome::Greet(const Request& request) {
  return absl::StrReplaceAll(kText, {{"ADDRESS", "http://" + std::string(request.host())}});
}

}  // namespace troupe
