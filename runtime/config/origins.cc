#include "runtime/config/origins.h"

#include "runtime/config/text.h"

namespace troupe::config {
namespace {

constexpr std::string_view kDefault = "default";

}  // namespace

void Origins::Set(std::string_view path, std::string origin) {
  origins_.insert_or_assign(std::string(path), std::move(origin));
}

void Origins::Replace(std::string_view path, std::string origin) {
  const std::string elements = Concat(path, "[");
  std::erase_if(origins_, [&](const auto& entry) { return entry.first.starts_with(elements); });
  Set(path, std::move(origin));
}

std::string Origins::Of(std::string_view path) const {
  const auto it = origins_.find(path);
  return it == origins_.end() ? std::string(kDefault) : it->second;
}

std::string Origins::Nearest(std::string_view path) const {
  while (!Has(path)) {
    const size_t end = path.find_last_of(".[");
    if (end == std::string_view::npos) return std::string(kDefault);
    path = path.substr(0, end);
  }
  return Of(path);
}

std::string JoinPath(std::string_view parent, std::string_view field) {
  return parent.empty() ? std::string(field) : Concat(parent, ".", field);
}

std::string ElementPath(std::string_view list, size_t index) {
  return Concat(list, "[", index, "]");
}

}  // namespace troupe::config
