// Where a service says which of its member functions answers what:
//
//   routes.Get("/hello/{name}", this, &Hello::Greet);
//
// Patterns are those of runtime/http/router.h: literal segments, {variables} of one segment, a last
// "*" for the rest. A GET route answers HEAD too. A malformed or repeated pattern is reported when
// the runtime builds its router.
//
// A handler is a member function. It takes nothing, const Request&, Context&, or const Request&,
// Context&. It returns a Response, a std::string (answered as text/plain), an absl::Status (OK is
// answered as 204), an absl::StatusOr of Response or std::string, or a Task of either when it has
// to wait.
//
// Filled in once per worker by Service::Mount, on the worker's turn. Borrows the service.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/async/handler.h"
#include "runtime/http/method.h"

namespace troupe {

struct Route {
  http::MethodSet methods;  // empty: all that no other route of the pattern names
  std::string pattern;
  std::unique_ptr<Handler> handler;
};

class Routes {
 public:
  template <class S, class Method>
  void Get(std::string pattern, S* service, Method method) {
    Handle(http::MethodSet(http::Method::kGet), std::move(pattern), service, method);
  }
  template <class S, class Method>
  void Head(std::string pattern, S* service, Method method) {
    Handle(http::MethodSet(http::Method::kHead), std::move(pattern), service, method);
  }
  template <class S, class Method>
  void Post(std::string pattern, S* service, Method method) {
    Handle(http::MethodSet(http::Method::kPost), std::move(pattern), service, method);
  }
  template <class S, class Method>
  void Put(std::string pattern, S* service, Method method) {
    Handle(http::MethodSet(http::Method::kPut), std::move(pattern), service, method);
  }
  template <class S, class Method>
  void Patch(std::string pattern, S* service, Method method) {
    Handle(http::MethodSet(http::Method::kPatch), std::move(pattern), service, method);
  }
  template <class S, class Method>
  void Delete(std::string pattern, S* service, Method method) {
    Handle(http::MethodSet(http::Method::kDelete), std::move(pattern), service, method);
  }
  template <class S, class Method>
  void Options(std::string pattern, S* service, Method method) {
    Handle(http::MethodSet(http::Method::kOptions), std::move(pattern), service, method);
  }
  template <class S, class Method>
  void Any(std::string pattern, S* service, Method method) {
    Handle(http::MethodSet(), std::move(pattern), service, method);
  }

  template <class S, class Method>
  void Handle(http::MethodSet methods, std::string pattern, S* service, Method method) {
    static_assert(kIsHandler<Method>,
                  "A handler is a member function that takes nothing, const Request&, Context&, or "
                  "(const Request&, Context&), and returns Response, std::string, absl::Status, "
                  "absl::StatusOr<Response or std::string> or Task<Response or std::string>.");
    if constexpr (kIsHandler<Method>) {
      routes_.push_back({methods, std::move(pattern),
                         std::make_unique<internal::MethodHandler<S, Method>>(service, method)});
    }
  }

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace troupe
