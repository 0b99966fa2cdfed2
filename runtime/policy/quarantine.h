// Requests of a shape that has killed workers again and again. Counts the kills of each
// fingerprint; from kills_max on it is in quarantine, until it has killed none for `expiry` or is
// released. In OBSERVE it is only listed, in ENFORCE it is shed, but never more than share_max of a
// route's requests: a shape that many clients send is a matter for people.
//
// On the request path:
//   if (quarantine.OnRequest(route)) verdict = quarantine.Judge(Fingerprint(...), now);
//
// One thread; deterministic; memory is bounded by entries_max and the number of routes. No
// allocation but in OnKill() and entries().
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "runtime/policy/nanos.h"

namespace troupe::policy {

enum class QuarantineMode { kOff, kObserve, kEnforce };

struct QuarantinePolicy {
  QuarantineMode mode = QuarantineMode::kObserve;
  int kills_max = 3;                     // at least 1; what it takes to be put into quarantine
  Nanos expiry = 600 * kNanosPerSecond;  // since the last kill
  double share_max = 0.05;               // of a route's requests
  size_t entries_max = 1024;  // at least 1; beyond it the one that killed longest ago leaves
};

enum class QuarantineVerdict {
  kServe,
  kReport,  // in quarantine, but served: OBSERVE, or over share_max
  kShed,
};

class Quarantine {
 public:
  struct Entry {
    uint64_t fingerprint;
    size_t route;
    int kills = 0;
    Nanos last_kill = 0;
    uint64_t shed = 0;
    uint64_t reported = 0;  // seen in quarantine, but served
  };

  // Routes are numbered from 0 to `routes` - 1.
  Quarantine(const QuarantinePolicy& policy, size_t routes);

  // A request of that shape killed its worker. True when this puts it into quarantine.
  bool OnKill(uint64_t fingerprint, size_t route, Nanos now);
  // Counts a request of the route, once each. True when some shape of it is in quarantine, so that
  // the request's fingerprint is worth working out.
  bool OnRequest(size_t route);
  QuarantineVerdict Judge(uint64_t fingerprint, Nanos now);
  // Forgets the fingerprint and its kills. False when it is not known.
  bool Release(uint64_t fingerprint);

  // All that are counted, also those with fewer kills than it takes; the latest kill first.
  std::vector<Entry> entries() const;

 private:
  using Entries = absl::flat_hash_map<uint64_t, Entry>;
  struct Route {
    int quarantined = 0;  // shapes
    // How many requests may be shed now: share_max of those seen, less those shed.
    double allowance = 0;
  };

  bool InQuarantine(const Entry& entry) const;
  bool Expired(const Entry& entry, Nanos now) const;
  void Erase(Entries::iterator entry);
  void ForgetExpired(Nanos now);
  Entries::iterator OldestEntry();

  QuarantinePolicy policy_;
  Entries entries_;
  std::vector<Route> routes_;
};

}  // namespace troupe::policy
