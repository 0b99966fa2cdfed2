#include "admin/listing.h"

#include <functional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/config/text.h"

namespace troupe::admin {
namespace {

constexpr size_t kPageDefault = 100;
constexpr size_t kPageMax = 1000;

// So that a token is not used with another request (AIP-158).
std::string Stamp(const PageRequest& request) {
  return absl::StrCat(
      absl::Hex(std::hash<std::string>{}(absl::StrCat(request.filter, "\n", request.order_by))));
}

}  // namespace

absl::StatusOr<Order> Order::Parse(std::string_view text,
                                   const google::protobuf::Descriptor& type) {
  Order order;
  if (config::Strip(text).empty()) return order;
  for (std::string_view part : config::Split(text, ',')) {
    std::string_view name = config::Strip(part);
    const bool descending = config::ConsumeSuffix(name, " desc");
    if (!descending) config::ConsumeSuffix(name, " asc");
    absl::StatusOr<FieldPath> path = FieldPath::Parse(config::Strip(name), type);
    if (!path.ok()) {
      return absl::InvalidArgumentError(
          config::Concat("order_by: ", config::MessageOf(path.status())));
    }
    if (!path->comparable() || path->repeated()) {
      return absl::InvalidArgumentError(
          config::Concat("order_by: ", name, " is not one value, so it gives no order"));
    }
    order.keys_.push_back({*std::move(path), descending});
  }
  return order;
}

bool Order::Less(const google::protobuf::Message& a, const google::protobuf::Message& b) const {
  for (const Key& key : keys_) {
    const Value left = key.path.Values(a).front();
    const Value right = key.path.Values(b).front();
    if (left != right) return (left < right) != key.descending;
  }
  return false;
}

absl::StatusOr<Page> Cut(const PageRequest& request, size_t total) {
  if (request.size < 0) return absl::InvalidArgumentError("page_size must not be negative");
  size_t size = request.size == 0 ? kPageDefault
                                  : std::min<size_t>(static_cast<size_t>(request.size), kPageMax);
  Page page;
  if (!request.token.empty()) {
    auto parts = config::SplitOnce(request.token, '.');
    uint64_t begin = 0;
    if (!parts || parts->first != Stamp(request) ||
        !absl::SimpleAtoi(absl::string_view(parts->second.data(), parts->second.size()), &begin)) {
      return absl::InvalidArgumentError(
          "page_token is not of this list with this filter and order_by; begin again without one");
    }
    page.begin = std::min<size_t>(begin, total);
  }
  page.end = std::min(page.begin + size, total);
  if (page.end < total) page.next_token = absl::StrCat(Stamp(request), ".", page.end);
  return page;
}

}  // namespace troupe::admin
