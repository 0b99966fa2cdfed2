// trouped with one service more, whose handlers throw: what an operator sees of crashes, restarts
// and quarantine cannot be seen of services that do not fail.
#include <stdexcept>
#include <string>

#include "runtime/service.h"
#include "services/respond.h"

namespace troupe {
namespace {

class Fragile : public Service {
 public:
  void Mount(Routes& routes) override { routes.Get("/*", this, &Fragile::Fail); }

 private:
  std::string Fail() { throw std::runtime_error("as fragile as it is called"); }
};

}  // namespace
}  // namespace troupe

int main(int argc, char** argv) {
  return troupe::Main(
      argc, argv,
      {troupe::Provide<troupe::Respond>("respond"), troupe::Provide<troupe::Fragile>("fragile")});
}
