// The ledger as people read it. Stateless; any thread.
#pragma once

#include <map>
#include <string>

#include "admin/cli/page.h"
#include "google/protobuf/map.h"
#include "troupe/admin/v1/ledger.pb.h"

namespace troupe::admin::cli {

// Maps of messages have no order; people want one.
template <typename Value>
std::map<std::string, Value> Sorted(const google::protobuf::Map<std::string, Value>& map) {
  return {map.begin(), map.end()};
}

// Accepted, in flight, and each outcome.
void ShowTotals(const v1::LedgerSnapshot& ledger, Page& page);

}  // namespace troupe::admin::cli
