// A program for the test of what a fatal signal leaves behind: a service that breaks its process.
#include <string>

#include "absl/time/clock.h"
#include "runtime/service.h"

namespace {

class Crasher final : public troupe::Service {
 public:
  void Mount(troupe::Routes& routes) override {
    routes.Get("/read-null/{what}", this, &Crasher::ReadNull);
    routes.Get("/block", this, &Crasher::Block);
  }

 private:
  std::string ReadNull() {
    int* volatile nothing = nullptr;
    return std::to_string(*nothing);
  }
  std::string Block() {
    absl::SleepFor(absl::InfiniteDuration());
    return "";
  }
};

}  // namespace

int main(int argc, char** argv) {
  return troupe::Main(argc, argv, {troupe::Provide<Crasher>("crasher", "ends its process")});
}
