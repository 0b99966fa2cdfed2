// One route's handler with its type erased: a member function of a service becomes a Handler, which
// the runtime calls for each request. Made once when routes are mounted; a call allocates nothing
// but a coroutine's own frame. Used on its worker's turns only; borrows the service.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/async/context.h"
#include "runtime/async/task.h"
#include "runtime/http/response.h"

namespace troupe {

class Handler {
 public:
  virtual ~Handler() = default;

  // A plain function runs here, leaves its answer in context.response, and an empty task comes
  // back. A coroutine comes back as a task that has not been started. Throws what the handler
  // throws.
  virtual Task<Response> Call(Context& context) = 0;
};

// Once the task of a handler is done: moves its answer into context.response and frees its frame.
// An error becomes the answer that Response::FromStatus makes of it. Throws what the handler threw.
void TakeAnswer(Context& context);

namespace internal {

template <class R>
inline constexpr bool kIsTask = false;
template <class T>
inline constexpr bool kIsTask<Task<T>> = true;

template <class R>
inline constexpr bool kIsAnswer =
    std::is_same_v<R, Response> || std::is_same_v<R, std::string> ||
    std::is_same_v<R, absl::Status> || std::is_same_v<R, absl::StatusOr<Response>> ||
    std::is_same_v<R, absl::StatusOr<std::string>> || std::is_same_v<R, Task<Response>> ||
    std::is_same_v<R, Task<std::string>>;

// What a pointer to a member function says about a handler: its result, and whether its parameters
// fit.
template <class Method>
struct HandlerTraits {
  using Result = void;
  static constexpr bool kParametersFit = false;
};
template <class R, class S, class... Parameters>
struct HandlerTraits<R (S::*)(Parameters...)> {
  using Result = R;
  template <class... Wanted>
  static constexpr bool kAre = std::is_same_v<void(Parameters...), void(Wanted...)>;
  static constexpr bool kParametersFit =
      kAre<> || kAre<const Request&> || kAre<Context&> || kAre<const Request&, Context&>;
};
template <class R, class S, class... Parameters>
struct HandlerTraits<R (S::*)(Parameters...) const> : HandlerTraits<R (S::*)(Parameters...)> {};
template <class R, class S, class... Parameters>
struct HandlerTraits<R (S::*)(Parameters...) noexcept> : HandlerTraits<R (S::*)(Parameters...)> {};
template <class R, class S, class... Parameters>
struct HandlerTraits<R (S::*)(Parameters...) const noexcept>
    : HandlerTraits<R (S::*)(Parameters...)> {};

inline Response&& ToResponse(Response&& response) { return std::move(response); }
inline Response ToResponse(std::string&& text) { return Response::Text(std::move(text)); }
inline Response ToResponse(const absl::Status& status) { return Response::FromStatus(status); }
template <class T>
Response ToResponse(absl::StatusOr<T>&& result) {
  return result.ok() ? ToResponse(*std::move(result)) : Response::FromStatus(result.status());
}

Task<Response> ToResponseTask(Task<std::string> text);
inline Task<Response> ToResponseTask(Task<Response> response) { return response; }

template <class S, class Method>
class MethodHandler final : public Handler {
 public:
  MethodHandler(S* service, Method method) : service_(service), method_(method) {}

  Task<Response> Call(Context& context) override {
    if constexpr (kIsTask<typename HandlerTraits<Method>::Result>) {
      return ToResponseTask(Invoke(context));
    } else {
      context.response = ToResponse(Invoke(context));
      return {};
    }
  }

 private:
  auto Invoke(Context& context) {
    if constexpr (std::is_invocable_v<Method, S*>) {
      return (service_->*method_)();
    } else if constexpr (std::is_invocable_v<Method, S*, const Request&>) {
      return (service_->*method_)(context.request());
    } else if constexpr (std::is_invocable_v<Method, S*, Context&>) {
      return (service_->*method_)(context);
    } else {
      return (service_->*method_)(context.request(), context);
    }
  }

  S* service_;
  Method method_;
};

}  // namespace internal

// True for a member function that Routes accepts as a handler.
template <class Method>
inline constexpr bool kIsHandler =
    internal::kIsAnswer<typename internal::HandlerTraits<Method>::Result>&&
        internal::HandlerTraits<Method>::kParametersFit;

}  // namespace troupe
