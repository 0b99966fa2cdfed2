#include "runtime/policy/quarantine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/policy/units.h"

namespace troupe::policy {
namespace {

using testing::ElementsAre;
using Verdict = QuarantineVerdict;

constexpr uint64_t kPoison = 0xdead;
constexpr uint64_t kHarmless = 0xbeef;
constexpr size_t kRoute = 0;
constexpr size_t kOtherRoute = 1;

constexpr QuarantinePolicy Enforcing() { return {.mode = QuarantineMode::kEnforce}; }

void Kill(Quarantine& quarantine, uint64_t fingerprint, int times, Nanos now = 0) {
  for (int i = 0; i < times; ++i) quarantine.OnKill(fingerprint, kRoute, now);
}

// Requests of other shapes, which earn the route its share of sheds.
void Serve(Quarantine& quarantine, int requests) {
  for (int i = 0; i < requests; ++i) quarantine.OnRequest(kRoute);
}

Verdict Request(Quarantine& quarantine, uint64_t fingerprint, Nanos now = 0) {
  if (!quarantine.OnRequest(kRoute)) return Verdict::kServe;
  return quarantine.Judge(fingerprint, now);
}

std::vector<uint64_t> Fingerprints(const Quarantine& quarantine) {
  std::vector<uint64_t> fingerprints;
  for (const Quarantine::Entry& entry : quarantine.entries()) {
    fingerprints.push_back(entry.fingerprint);
  }
  return fingerprints;
}

TEST(Quarantine, ModeAndKillsDecideTheVerdict) {
  struct Case {
    const char* name;
    QuarantineMode mode;
    int kills;
    Verdict verdict;
  };
  for (const Case& c : std::vector<Case>{
           {"off", QuarantineMode::kOff, 9, Verdict::kServe},
           {"observed, too few kills", QuarantineMode::kObserve, 2, Verdict::kServe},
           {"observed", QuarantineMode::kObserve, 3, Verdict::kReport},
           {"enforced, too few kills", QuarantineMode::kEnforce, 2, Verdict::kServe},
           {"enforced", QuarantineMode::kEnforce, 3, Verdict::kShed},
           {"enforced, more kills", QuarantineMode::kEnforce, 4, Verdict::kShed},
       }) {
    Quarantine quarantine({.mode = c.mode}, 2);
    Kill(quarantine, kPoison, c.kills);
    Serve(quarantine, 1000);
    EXPECT_EQ(Request(quarantine, kPoison), c.verdict) << c.name;
    EXPECT_EQ(Request(quarantine, kHarmless), Verdict::kServe) << c.name;
  }
}

TEST(Quarantine, PoisonRequestCostsKillsMaxWorkersAndNoMore) {
  Quarantine quarantine(Enforcing(), 1);
  int killed = 0;
  for (int i = 0; i < 1000; ++i) {
    Serve(quarantine, 25);
    if (Request(quarantine, kPoison, i * kSecond / 10) == Verdict::kShed) continue;
    quarantine.OnKill(kPoison, kRoute, i * kSecond / 10);
    ++killed;
  }
  EXPECT_EQ(killed, 3);
}

TEST(Quarantine, TellsOnceThatAShapeEnters) {
  Quarantine quarantine(Enforcing(), 1);
  std::vector<bool> entered;
  for (int i = 0; i < 4; ++i) entered.push_back(quarantine.OnKill(kPoison, kRoute, 0));
  EXPECT_THAT(entered, ElementsAre(false, false, true, false));
}

TEST(Quarantine, FingerprintsAreWorkedOutOnlyOnRoutesThatHaveOneInQuarantine) {
  Quarantine quarantine(Enforcing(), 2);
  EXPECT_FALSE(quarantine.OnRequest(kRoute));
  Kill(quarantine, kPoison, 2);
  EXPECT_FALSE(quarantine.OnRequest(kRoute)) << "counted, not in quarantine";
  Kill(quarantine, kPoison, 1);
  EXPECT_TRUE(quarantine.OnRequest(kRoute));
  EXPECT_FALSE(quarantine.OnRequest(kOtherRoute));
  quarantine.Release(kPoison);
  EXPECT_FALSE(quarantine.OnRequest(kRoute));
}

TEST(Quarantine, ShedsAtMostItsShareOfARouteAndReportsTheRest) {
  for (const int poison_in : {1, 2, 5, 30}) {
    Quarantine quarantine(Enforcing(), 1);
    Kill(quarantine, kPoison, 3);
    int shed = 0;
    constexpr int kRequests = 10'000;
    for (int i = 0; i < kRequests; ++i) {
      const uint64_t fingerprint = i % poison_in == 0 ? kPoison : kHarmless;
      shed += Request(quarantine, fingerprint) == Verdict::kShed;
      ASSERT_LE(shed, (i + 1) * 0.05 + 1e-9) << "one in " << poison_in;
    }
    const int poisonous = (kRequests + poison_in - 1) / poison_in;
    EXPECT_GE(shed, std::min(poisonous, kRequests / 20) - 1) << "one in " << poison_in;
    EXPECT_EQ(quarantine.entries()[0].shed, static_cast<uint64_t>(shed));
    EXPECT_EQ(quarantine.entries()[0].reported, static_cast<uint64_t>(poisonous - shed));
  }
}

TEST(Quarantine, CalmTimesDoNotSaveUpForALongShedding) {
  Quarantine quarantine(Enforcing(), 1);
  Serve(quarantine, 1'000'000);
  Kill(quarantine, kPoison, 3);
  int shed = 0;
  for (int i = 0; i < 1000; ++i) shed += Request(quarantine, kPoison) == Verdict::kShed;
  EXPECT_LE(shed, 100);
}

TEST(Quarantine, EndsWhenTheLastKillIsLongAgo) {
  Quarantine quarantine(Enforcing(), 1);
  Kill(quarantine, kPoison, 2, 0);
  Kill(quarantine, kPoison, 1, 100 * kSecond);
  Serve(quarantine, 1000);
  EXPECT_EQ(Request(quarantine, kPoison, 700 * kSecond - 1), Verdict::kShed);
  EXPECT_EQ(Request(quarantine, kPoison, 700 * kSecond), Verdict::kServe);
  EXPECT_FALSE(quarantine.OnRequest(kRoute));
  EXPECT_TRUE(quarantine.entries().empty());
}

TEST(Quarantine, KillsThatAreLongApartDoNotAddUp) {
  Quarantine quarantine(Enforcing(), 1);
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(quarantine.OnKill(kPoison, kRoute, i * 600 * kSecond));
  }
}

TEST(Quarantine, ReleasedShapeBeginsAnew) {
  Quarantine quarantine(Enforcing(), 1);
  Kill(quarantine, kPoison, 3);
  Serve(quarantine, 1000);
  EXPECT_TRUE(quarantine.Release(kPoison));
  EXPECT_FALSE(quarantine.Release(kPoison)) << "not known any more";
  Kill(quarantine, kPoison, 2);
  EXPECT_EQ(Request(quarantine, kPoison), Verdict::kServe);
}

TEST(Quarantine, ReleaseOfAShapeThatIsOnlyCountedLeavesTheOthersInQuarantine) {
  Quarantine quarantine(Enforcing(), 1);
  Kill(quarantine, kPoison, 3);
  Kill(quarantine, kHarmless, 1);
  quarantine.Release(kHarmless);
  EXPECT_TRUE(quarantine.OnRequest(kRoute));
}

TEST(Quarantine, OldestLeavesWhenTheTableIsFull) {
  QuarantinePolicy policy = Enforcing();
  policy.entries_max = 3;
  policy.kills_max = 1;
  Quarantine quarantine(policy, 1);
  for (const uint64_t fingerprint : {1, 2, 3}) {
    Kill(quarantine, fingerprint, 1, static_cast<Nanos>(fingerprint));
  }
  Kill(quarantine, 1, 1, 4);  // now the latest
  Kill(quarantine, 4, 1, 5);
  EXPECT_THAT(Fingerprints(quarantine), ElementsAre(4, 1, 3));
  for (const uint64_t fingerprint : {1, 3, 4}) quarantine.Release(fingerprint);
  EXPECT_FALSE(quarantine.OnRequest(kRoute)) << "the one that left is not counted any more";
}

}  // namespace
}  // namespace troupe::policy
