#include "runtime/policy/quarantine.h"

#include <algorithm>

namespace troupe::policy {
namespace {

// How many requests may be shed at once after a calm time. It bounds how far back the share looks.
constexpr double kAllowanceMax = 50;

}  // namespace

Quarantine::Quarantine(const QuarantinePolicy& policy, size_t routes)
    : policy_(policy), routes_(routes) {}

bool Quarantine::OnKill(uint64_t fingerprint, size_t route, Nanos now) {
  if (policy_.mode == QuarantineMode::kOff) return false;
  ForgetExpired(now);
  auto found = entries_.find(fingerprint);
  if (found == entries_.end()) {
    if (entries_.size() >= policy_.entries_max) Erase(OldestEntry());
    found = entries_.emplace(fingerprint, Entry{fingerprint, route}).first;
  }
  Entry& entry = found->second;
  ++entry.kills;
  entry.last_kill = now;
  const bool enters = entry.kills == policy_.kills_max;
  if (enters) ++routes_[route].quarantined;
  return enters;
}

bool Quarantine::OnRequest(size_t route) {
  Route& of = routes_[route];
  of.allowance = std::min(of.allowance + policy_.share_max, kAllowanceMax);
  return of.quarantined > 0;
}

QuarantineVerdict Quarantine::Judge(uint64_t fingerprint, Nanos now) {
  const auto found = entries_.find(fingerprint);
  if (found == entries_.end() || !InQuarantine(found->second)) return QuarantineVerdict::kServe;
  Entry& entry = found->second;
  if (Expired(entry, now)) {
    Erase(found);
    return QuarantineVerdict::kServe;
  }
  double& allowance = routes_[entry.route].allowance;
  if (policy_.mode == QuarantineMode::kEnforce && allowance >= 1) {
    allowance -= 1;
    ++entry.shed;
    return QuarantineVerdict::kShed;
  }
  ++entry.reported;
  return QuarantineVerdict::kReport;
}

bool Quarantine::Release(uint64_t fingerprint) {
  const auto found = entries_.find(fingerprint);
  if (found == entries_.end()) return false;
  Erase(found);
  return true;
}

std::vector<Quarantine::Entry> Quarantine::entries() const {
  std::vector<Entry> listed;
  listed.reserve(entries_.size());
  for (const auto& [fingerprint, entry] : entries_) listed.push_back(entry);
  std::sort(listed.begin(), listed.end(),
            [](const Entry& a, const Entry& b) { return a.last_kill > b.last_kill; });
  return listed;
}

bool Quarantine::InQuarantine(const Entry& entry) const { return entry.kills >= policy_.kills_max; }

bool Quarantine::Expired(const Entry& entry, Nanos now) const {
  return now - entry.last_kill >= policy_.expiry;
}

void Quarantine::Erase(Entries::iterator entry) {
  if (InQuarantine(entry->second)) --routes_[entry->second.route].quarantined;
  entries_.erase(entry);
}

void Quarantine::ForgetExpired(Nanos now) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    if (Expired(entry->second, now)) Erase(entry);
    entry = next;
  }
}

Quarantine::Entries::iterator Quarantine::OldestEntry() {
  return std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
    return a.second.last_kill < b.second.last_kill;
  });
}

}  // namespace troupe::policy
