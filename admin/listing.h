// Lists as the AIPs want them: filtered (160), ordered (132) and in pages (158). Stateless; any
// thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "admin/field_value.h"
#include "admin/filter.h"

namespace troupe::admin {

// "age desc, name".
class Order {
 public:
  // INVALID_ARGUMENT says what is wrong and what is allowed.
  static absl::StatusOr<Order> Parse(std::string_view text,
                                     const google::protobuf::Descriptor& type);

  bool Less(const google::protobuf::Message& a, const google::protobuf::Message& b) const;

 private:
  struct Key {
    FieldPath path;
    bool descending = false;
  };
  std::vector<Key> keys_;
};

// Which part of a list is asked for.
struct PageRequest {
  int32_t size = 0;
  std::string token;
  std::string filter;
  std::string order_by;
};

struct Page {
  size_t begin = 0;
  size_t end = 0;
  std::string next_token;
};
// Of `total` elements. INVALID_ARGUMENT when the size is negative, or the token is of another
// request.
absl::StatusOr<Page> Cut(const PageRequest& request, size_t total);

// Leaves in `items` what matches, in order; where `order_by` is empty, in the order they have.
template <class T>
absl::Status Select(const PageRequest& request, std::vector<T>& items) {
  absl::StatusOr<Filter> filter = Filter::Parse(request.filter, *T::descriptor());
  if (!filter.ok()) return filter.status();
  absl::StatusOr<Order> order = Order::Parse(request.order_by, *T::descriptor());
  if (!order.ok()) return order.status();
  std::erase_if(items, [&](const T& item) { return !filter->Matches(item); });
  std::stable_sort(items.begin(), items.end(),
                   [&](const T& a, const T& b) { return order->Less(a, b); });
  return absl::OkStatus();
}

// Fills one page of `items` into the repeated field `out` and the rest of a list's answer.
template <class T, class Response, class Field>
absl::Status FillPage(const PageRequest& request, std::vector<T> items, Response& response,
                      Field* out) {
  if (absl::Status status = Select(request, items); !status.ok()) return status;
  absl::StatusOr<Page> page = Cut(request, items.size());
  if (!page.ok()) return page.status();
  for (size_t i = page->begin; i < page->end; ++i) *out->Add() = std::move(items[i]);
  response.set_next_page_token(page->next_token);
  response.set_total_size(static_cast<int32_t>(items.size()));
  return absl::OkStatus();
}

}  // namespace troupe::admin
