// Pools, requests and connections as Control sees them.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "runtime/actors/inspect.h"
#include "runtime/actors/proto_time.h"
#include "runtime/ask.h"
#include "runtime/control.h"

namespace troupe {
namespace {

// The number in a name such as "requests/7".
absl::StatusOr<uint64_t> IdOf(const std::string& name, absl::string_view collection) {
  absl::string_view number = name;
  uint64_t value = 0;
  if (absl::ConsumePrefix(&number, collection) && absl::SimpleAtoi(number, &value)) return value;
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", name, "\" is no name of what is asked for; it looks like ", collection, "123."));
}

absl::Status NotFound(const std::string& name, absl::string_view list) {
  return absl::NotFoundError(absl::StrCat("There is no ", name, " any more; ", list));
}

absl::Status Late(Reactor& reactor) {
  return absl::DeadlineExceededError(absl::StrCat(
      "reactor-", reactor.index(), " did not answer within one second: something blocks it."));
}

template <class T>
Control::Listing<T> Join(Answers<std::vector<T>> answers) {
  Control::Listing<T> listing;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) {
      listing.unresponsive.push_back(absl::StrCat("reactor-", i));
      continue;
    }
    std::move(answers[i]->begin(), answers[i]->end(), std::back_inserter(listing.items));
  }
  return listing;
}

}  // namespace

absl::StatusOr<Front*> Control::FrontOf(const std::string& name, uint64_t id) const {
  const int reactor = ReactorOf(id);
  if (reactor < 0 || static_cast<size_t>(reactor) >= parts_.fronts.size()) {
    return NotFound(name, "list what there is.");
  }
  return parts_.fronts[static_cast<size_t>(reactor)];
}

Control::Listing<admin::v1::Request> Control::Requests() const {
  return Join(AskAll<std::vector<admin::v1::Request>>(reactors(), kPatience, [this](size_t i) {
    return DescribeRequests(*parts_.fronts[i], parts_.redact);
  }));
}

Control::Listing<admin::v1::Request> Control::SlowRequests() const {
  return Join(AskAll<std::vector<admin::v1::Request>>(
      reactors(), kPatience,
      [fronts = parts_.fronts](size_t i) { return fronts[i]->slow_requests().List(); }));
}

absl::StatusOr<admin::v1::Request> Control::GetRequest(const std::string& name) const {
  absl::StatusOr<uint64_t> id = IdOf(name, "requests/");
  if (!id.ok()) return id.status();
  absl::StatusOr<Front*> front = FrontOf(name, *id);
  if (!front.ok()) return front.status();
  auto requests = Ask<std::vector<admin::v1::Request>>(
      (*front)->reactor(), kPatience,
      [this, front = *front] { return DescribeRequests(*front, parts_.redact); });
  if (!requests) return Late((*front)->reactor());
  for (admin::v1::Request& request : *requests) {
    if (request.name() == name) return std::move(request);
  }
  return NotFound(name, "it has ended.");
}

absl::Status Control::CancelRequest(const std::string& name) {
  absl::StatusOr<uint64_t> id = IdOf(name, "requests/");
  if (!id.ok()) return id.status();
  absl::StatusOr<Front*> front = FrontOf(name, *id);
  if (!front.ok()) return front.status();
  auto result = Ask<CancelResult>((*front)->reactor(), kPatience, [front = *front, id = *id] {
    return troupe::CancelRequest(*front, id);
  });
  if (!result) return Late((*front)->reactor());
  switch (*result) {
    case CancelResult::kCancelled:
      return absl::OkStatus();
    case CancelResult::kNotFound:
      return NotFound(name, "it has ended.");
    case CancelResult::kHeadNotRead:
      break;
  }
  return absl::FailedPreconditionError(
      absl::StrCat("The head of ", name, " is still being read; close its connection instead."));
}

Control::Listing<admin::v1::Connection> Control::Connections() const {
  return Join(AskAll<std::vector<admin::v1::Connection>>(
      reactors(), kPatience,
      [fronts = parts_.fronts](size_t i) { return DescribeConnections(*fronts[i]); }));
}

absl::StatusOr<admin::v1::Connection> Control::CloseConnection(const std::string& name,
                                                               const std::string& reason) {
  absl::StatusOr<uint64_t> id = IdOf(name, "connections/");
  if (!id.ok()) return id.status();
  absl::StatusOr<Front*> front = FrontOf(name, *id);
  if (!front.ok()) return front.status();
  auto closed = Ask<std::optional<admin::v1::Connection>>(
      (*front)->reactor(), kPatience,
      [front = *front, id = *id] { return troupe::CloseConnection(*front, id); });
  if (!closed) return Late((*front)->reactor());
  if (!*closed) return NotFound(name, "it has been closed.");
  TellDeed("connection-closed", "", absl::StrCat("closed ", name, " of ", (*closed)->client()),
           reason);
  return **std::move(closed);
}

}  // namespace troupe
