#include "runtime/async/handler.h"

namespace troupe {

void TakeAnswer(Context& context) {
  Task<Response> task = std::move(context.task);
  context.response = internal::ToResponse(task.TakeResult());
}

namespace internal {

Task<Response> ToResponseTask(Task<std::string> text) { co_return ToResponse(co_await text); }

}  // namespace internal
}  // namespace troupe
