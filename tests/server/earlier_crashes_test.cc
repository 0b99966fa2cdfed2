#include "runtime/earlier_crashes.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "tests/telemetry/temp_dir.h"

namespace troupe {
namespace {

using admin::v1::Crash;
using admin::v1::WorkerInHand;
using telemetry::FatalRecord;

class EarlierCrashes : public testing::Test {
 protected:
  EarlierCrashes() {
    record->signal = SIGSEGV;
    record->signal_code = SEGV_MAPERR;
    record->address = 0x10;
    record->process = 123;
    record->thread_name.Set("reactor-1");
    record->hand_count = 1;
    FatalRecord::Hand& hand = record->hands[0];
    hand.crashed = 1;
    hand.worker = 7;
    hand.request = 5;
    hand.pool.Set("shop");
    hand.method.Set("GET");
    hand.target.Set("/users/5");
    hand.route.Set("/users/{id}");
  }
  // As a process that ended `seconds` after the epoch.
  void Leave(int64_t seconds) {
    record->unix_nanos = seconds * 1'000'000'000;
    record->checksum = ChecksumOf(*record);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(record.get()), sizeof(FatalRecord));
  }
  std::vector<Crash> Take() { return TakeEarlierCrashes(folder.File("")); }

  telemetry::TempDir folder;
  const std::string path = FatalRecordPath(folder.File(""));
  std::unique_ptr<FatalRecord> record = std::make_unique<FatalRecord>();
};

TEST_F(EarlierCrashes, NameSignalWorkerAndRequest) {
  const Crash crash = ToCrash(*record);
  EXPECT_EQ(crash.kind(), Crash::SIGNAL);
  EXPECT_EQ(crash.exception_type(), "SIGSEGV");
  EXPECT_EQ(crash.exception_text(),
            "Segmentation fault at 0x10 on thread reactor-1 of process 123");
  EXPECT_EQ(crash.pool(), "pools/shop");
  EXPECT_EQ(crash.worker(), "pools/shop/workers/7");
  EXPECT_EQ(crash.request(), "requests/5");
  EXPECT_EQ(crash.method(), "GET");
  EXPECT_EQ(crash.target(), "/users/5");
  EXPECT_EQ(crash.route(), "/users/{id}");
  EXPECT_EQ(crash.process().in_hand(0).stage(), WorkerInHand::SERVING);
}

TEST_F(EarlierCrashes, BlameNobodyWhenNoWorkersCodeRanOnTheThread) {
  record->hands[0].crashed = 0;
  const Crash crash = ToCrash(*record);
  EXPECT_EQ(crash.worker(), "");
  EXPECT_EQ(crash.process().in_hand_size(), 1);
}

TEST_F(EarlierCrashes, OfASignalThatWasSentHaveNoAddress) {
  record->signal = SIGABRT;
  record->signal_code = SI_TKILL;
  EXPECT_EQ(ToCrash(*record).exception_text(), "Aborted on thread reactor-1 of process 123");
}

TEST_F(EarlierCrashes, HoldWhatCanBeSerializedWhateverTheRecordHolds) {
  record->hands[0].target.Set("\xff\xfe");
  record->hands[0].stage = static_cast<telemetry::InHand::Stage>(200);
  record->signal = -1;
  EXPECT_TRUE(ToCrash(*record).SerializeAsString().size() > 0);
  EXPECT_EQ(ToCrash(*record).target(), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(ToCrash(*record).exception_type(), "signal -1");
}

TEST_F(EarlierCrashes, AreKeptOverLaterStartsTheLatestLast) {
  EXPECT_TRUE(Take().empty());
  for (int64_t second = 1; second <= 10; ++second) {
    Leave(second);
    EXPECT_EQ(Take().back().time().seconds(), second);
    EXPECT_FALSE(std::filesystem::exists(path)) << "it is listed once";
  }
  const std::vector<Crash> kept = Take();
  ASSERT_EQ(kept.size(), 8u) << "the last ones";
  EXPECT_EQ(kept.front().time().seconds(), 3);
}

TEST_F(EarlierCrashes, ThatCannotBeReadAreNotListed) {
  std::ofstream(path) << "garbage";
  EXPECT_TRUE(Take().empty());
}

}  // namespace
}  // namespace troupe
