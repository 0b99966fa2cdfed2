#include "runtime/telemetry/ledger.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace troupe::telemetry {
namespace {

// Balanced, and every number tells which record it is.
LedgerRecord RecordNumber(uint64_t n) {
  LedgerRecord record;
  record.outcomes.fill(n);
  record.in_flight = n;
  record.accepted = n * (kOutcomeCount + 1);
  return record;
}

TEST(LedgerRecord, BalancesWhenEveryAcceptedRequestIsInFlightOrHasAnOutcome) {
  LedgerRecord record;
  EXPECT_TRUE(Balanced(record));
  record.accepted = 3;
  EXPECT_FALSE(Balanced(record));
  record.Count(Outcome::kShed);
  record.Count(Outcome::kClientGone);
  EXPECT_FALSE(Balanced(record));
  record.in_flight = 1;
  EXPECT_TRUE(Balanced(record));
  EXPECT_EQ(record.Of(Outcome::kShed), 1u);
  record.Count(Outcome::kAnswered);
  EXPECT_FALSE(Balanced(record)) << "one outcome too many must show";
}

TEST(LedgerCell, ReadsTheRecordPublishedLast) {
  LedgerCell cell;
  EXPECT_EQ(cell.Read(), LedgerRecord{});
  cell.Publish(RecordNumber(1));
  cell.Publish(RecordNumber(2));
  EXPECT_EQ(cell.Read(), RecordNumber(2));
}

TEST(LedgerCell, ReadersOnOtherThreadsNeverSeeAMixtureNorGoBack) {
  constexpr uint64_t kLast = 50'000;
  LedgerCell cell;
  const auto read_to_the_last = [&cell] {
    uint64_t before = 0;
    while (before != kLast) {
      const LedgerRecord record = cell.Read();
      ASSERT_EQ(record, RecordNumber(record.in_flight));
      ASSERT_GE(record.in_flight, before);
      before = record.in_flight;
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) readers.emplace_back(read_to_the_last);
  for (uint64_t n = 1; n <= kLast; ++n) cell.Publish(RecordNumber(n));
  for (std::thread& reader : readers) reader.join();
}

TEST(Ledger, SnapshotSumsTheRecordsOfAllReactors) {
  Ledger ledger(3);
  ledger.cell(0).Publish(RecordNumber(1));
  ledger.cell(2).Publish(RecordNumber(10));
  EXPECT_EQ(ledger.Snapshot(), RecordNumber(11));
  EXPECT_TRUE(Balanced(ledger.Snapshot()));
}

}  // namespace
}  // namespace troupe::telemetry
