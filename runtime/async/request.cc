#include "runtime/async/request.h"

#include "runtime/http/target.h"

namespace troupe {

std::optional<std::string> Request::QueryParam(std::string_view name) const {
  std::string_view raw;
  if (!http::FindQueryParam(query(), name, &raw)) return std::nullopt;
  std::string value;
  if (!http::DecodeQueryComponent(raw, &value)) return std::nullopt;
  return value;
}

}  // namespace troupe
