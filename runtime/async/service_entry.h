// What the runtime knows of a service: its name, and how to make an instance of it for a worker.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/async/routes.h"
#include "runtime/async/service_options.h"

namespace troupe {

// One instance per worker, never shared: members need no lock. All calls come on the worker's own
// turns.
//
// The constructor must be cheap and without effect outside of the object: one more instance is made
// at start only to learn the routes. What costs or reaches out belongs into Start.
class Service {
 public:
  virtual ~Service() = default;
  // Says what the service answers. Once, after the constructor.
  virtual void Mount(Routes& routes) = 0;
  // Before the first request. An error counts as a crash of the worker, which is started again with
  // back-off.
  virtual absl::Status Start() { return absl::OkStatus(); }
  // After the last request, if Start went well.
  virtual void Stop() {}
};

using ServiceFactory = std::function<absl::StatusOr<std::unique_ptr<Service>>(ServiceOptions&)>;

struct ServiceEntry {
  std::string name;         // what `pools[].service` says in the configuration
  std::string description;  // one line for lists
  ServiceFactory make;      // from any thread; options that are wrong or unknown are refused
};

namespace internal {

template <class S>
concept HasCreate = requires(ServiceOptions& options) {
  { S::Create(options) } -> std::same_as<absl::StatusOr<std::unique_ptr<S>>>;
};

template <class S>
absl::StatusOr<std::unique_ptr<Service>> MakeService(ServiceOptions& options) {
  static_assert(
      HasCreate<S> || std::constructible_from<S, ServiceOptions&> || std::default_initializable<S>,
      "A service is made by S::Create(ServiceOptions&), which returns "
      "absl::StatusOr<std::unique_ptr<S>>, by S(ServiceOptions&), or by S().");
  if constexpr (HasCreate<S>) {
    return S::Create(options);
  } else if constexpr (std::constructible_from<S, ServiceOptions&>) {
    return std::make_unique<S>(options);
  } else {
    return std::make_unique<S>();
  }
}

}  // namespace internal

// The entry of the service class S.
template <std::derived_from<Service> S>
ServiceEntry Provide(std::string name, std::string description = "") {
  ServiceFactory make = [](ServiceOptions& options) -> absl::StatusOr<std::unique_ptr<Service>> {
    absl::StatusOr<std::unique_ptr<Service>> service = internal::MakeService<S>(options);
    if (!service.ok()) return service;
    if (absl::Status checked = options.Check(); !checked.ok()) return checked;
    return service;
  };
  return {std::move(name), std::move(description), std::move(make)};
}

}  // namespace troupe
