// Filters over messages, as AIP-160 writes them:
//
//   pool = "pools/echo" AND age > 5s AND NOT (phase = QUEUED OR client : "10.0.")
//
// Fields by path, "times.queue"; entries of a map too, "outcomes.SHED > 0". `:` finds a part of a
// text, an element of a list, a key of a map; of all else it asks whether it is set. As the AIP
// says, OR binds tighter than AND. Immutable; any thread.
#pragma once

#include <functional>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace troupe::admin {

class Filter {
 public:
  // For messages of `type`. INVALID_ARGUMENT says what is wrong and what is allowed. Empty text
  // matches all.
  static absl::StatusOr<Filter> Parse(std::string_view text,
                                      const google::protobuf::Descriptor& type);

  bool Matches(const google::protobuf::Message& message) const { return test_(message); }

  using Test = std::function<bool(const google::protobuf::Message&)>;

 private:
  explicit Filter(Test test) : test_(std::move(test)) {}

  Test test_;
};

}  // namespace troupe::admin
