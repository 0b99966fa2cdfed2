// The processes that end here are children of the test's (death tests).
#include "runtime/telemetry/fatal_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "runtime/telemetry/fatal_handler.h"
#include "runtime/telemetry/in_hand.h"
#include "runtime/telemetry/signal_stack.h"
#include "runtime/telemetry/thread_id.h"
#include "tests/telemetry/temp_dir.h"

namespace troupe::telemetry {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::KilledBySignal;

class FatalRecordTest : public testing::Test {
 protected:
  // Runs `crash` in a process of its own, with the handler, and expects it to end by `signal`.
  void EndBy(int signal, const std::function<void()>& crash) {
    EXPECT_EXIT(
        {
          std::signal(signal, SIG_DFL);  // that of a sanitizer would end the process otherwise
          auto handler = FatalHandler::Install(path, "1.2.3");
          SetFatalRevision(7);
          crash();
        },
        KilledBySignal(signal), "");
  }
  std::unique_ptr<FatalRecord> Left() {
    auto record = ReadFatalRecord(path);
    EXPECT_TRUE(record.ok()) << record.status();
    return record.ok() ? *std::move(record) : std::make_unique<FatalRecord>();
  }
  absl::StatusCode CodeOfReading() { return ReadFatalRecord(path).status().code(); }

  void Write(const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  static std::string BytesOf(const FatalRecord& record) {
    return {reinterpret_cast<const char*>(&record), sizeof(record)};
  }
  // One that is whole, with a signal and nothing else.
  static std::unique_ptr<FatalRecord> Whole() {
    auto record = std::make_unique<FatalRecord>();
    record->signal = SIGABRT;
    record->checksum = ChecksumOf(*record);
    return record;
  }

  TempDir folder;
  const std::string path = folder.File("fatal.record");
};

// A worker on the calling thread, in the handler of one request.
struct BusyWorker {
  explicit BusyWorker(uint64_t worker, std::string_view target) : in_hand(pool, worker, 0) {
    head.target = target;
    in_hand.set_thread(CurrentThread());
    in_hand.Begin(/*request=*/worker * 10, head, &route, /*now=*/1);
  }
  const std::string pool = "shop";
  const std::string route = "/users/{id}";
  http::RequestHead head;
  InHand in_hand;
};

TEST_F(FatalRecordTest, SaysWhichSignalEndedWhichProcess) {
  EndBy(SIGABRT, [] { std::abort(); });
  const auto record = Left();
  EXPECT_EQ(record->signal, SIGABRT);
  EXPECT_GT(record->process, 0);
  EXPECT_GT(record->thread, 0);
  EXPECT_GT(record->unix_nanos, 0);
  EXPECT_EQ(record->version.view(), "1.2.3");
  EXPECT_EQ(record->revision, 7);
  EXPECT_EQ(record->hand_count, 0u);
}

TEST_F(FatalRecordTest, SaysWhichAddressWasAccessed) {
  EndBy(SIGSEGV, [] {
    int* volatile wild = reinterpret_cast<int*>(0x10);
    *wild = 1;
  });
  EXPECT_EQ(Left()->address, 0x10u);
}

TEST_F(FatalRecordTest, HasTheStackWithModulesAndFunctions) {
  EndBy(SIGABRT, [] { std::abort(); });
  const std::vector<std::string> stack = StackOf(*Left());
  ASSERT_FALSE(stack.empty());
  EXPECT_THAT(stack, Contains(HasSubstr("libc.so.6+0x")));
  EXPECT_THAT(stack, Contains(HasSubstr("telemetry_test+0x")));
  EXPECT_THAT(stack, Contains(HasSubstr("testing::")));
}

TEST_F(FatalRecordTest, OfAnotherBuildTheStackHasNoNames) {
  auto record = Whole();
  record->build_id.Set("0123");
  record->code_count = 1;
  record->code[0] = {0x1000, 0x2000, 0x3000, {}};
  record->code[0].name.Set("trouped");
  record->frame_count = 2;
  record->frames[0] = 0x2abc;
  record->frames[1] = 0x3000;
  EXPECT_THAT(StackOf(*record), testing::ElementsAre("trouped+0x1abc", "0x3000"));
}

TEST_F(FatalRecordTest, HasWhatTheThreadHadInHandFirst) {
  EndBy(SIGSEGV, [] {
    std::thread([] {
      static const BusyWorker other(1, "/other");  // for ever
    }).join();
    const BusyWorker own(2, "/users/5?token=secret");
    raise(SIGSEGV);
  });
  const auto record = Left();
  ASSERT_EQ(record->hand_count, 2u);
  const FatalRecord::Hand& own = record->hands[0];
  EXPECT_TRUE(own.crashed);
  EXPECT_EQ(own.worker, 2u);
  EXPECT_EQ(own.request, 20u);
  EXPECT_EQ(own.pool.view(), "shop");
  EXPECT_EQ(own.method.view(), "GET");
  EXPECT_EQ(own.target.view(), "/users/5") << "without its query";
  EXPECT_EQ(own.route.view(), "/users/{id}");
  EXPECT_GT(own.busy_nanos, 0);
  EXPECT_FALSE(record->hands[1].crashed);
  EXPECT_EQ(record->hands[1].target.view(), "/other");
  EXPECT_THAT(ReadFile(path), Not(HasSubstr("secret")));
}

TEST_F(FatalRecordTest, HasAServiceThatIsBeingStartedAndNoIdleWorker) {
  EndBy(SIGSEGV, [] {
    const std::string pool = "shop";
    const InHand idle(pool, 1, 0);
    InHand starting(pool, 2, 0);
    starting.set_thread(CurrentThread());
    const InHand::Errand errand(starting, InHand::Stage::kStarting);
    raise(SIGSEGV);
  });
  const auto record = Left();
  ASSERT_EQ(record->hand_count, 1u);
  EXPECT_EQ(record->hands[0].worker, 2u);
  EXPECT_EQ(record->hands[0].stage, InHand::Stage::kStarting);
  EXPECT_EQ(record->hands[0].request, 0u);
}

TEST_F(FatalRecordTest, WhatCannotBeReadIsLeftOutAndTheRestIsKept) {
  EndBy(SIGABRT, [] {
    BusyWorker broken(1, "/");
    broken.head.target = {reinterpret_cast<const char*>(0x10), 100};
    std::abort();
  });
  const auto record = Left();
  EXPECT_EQ(record->signal, SIGABRT) << "and not that of the second fault";
  ASSERT_EQ(record->hand_count, 1u);
  EXPECT_EQ(record->hands[0].worker, 1u);
  EXPECT_EQ(record->hands[0].target.view(), "");
  EXPECT_GT(record->frame_count, 0u);
}

TEST_F(FatalRecordTest, IsLeftWhenTheStackHasOverflowed) {
  EndBy(SIGSEGV, [] {
    std::thread([] {
      const SignalStack signal_stack;
      struct Endless {
        static int Fall(volatile char* above) {
          if (*above != 0) return 0;
          volatile char here[4096] = {};
          return Fall(here) + here[0];
        }
      };
      volatile char top = 0;
      Endless::Fall(&top);
    }).join();
  });
  EXPECT_EQ(Left()->signal, SIGSEGV);
}

TEST_F(FatalRecordTest, AProcessThatEndsWellLeavesNone) {
  {
    const auto handler = FatalHandler::Install(path, "1.2.3");
    ASSERT_TRUE(handler.ok());
  }
  EXPECT_EQ(CodeOfReading(), absl::StatusCode::kNotFound);
  std::filesystem::remove(path);
  EXPECT_EQ(CodeOfReading(), absl::StatusCode::kNotFound) << "nor when there is no file";
}

TEST_F(FatalRecordTest, WithoutAPlaceForItTheHandlerIsRefused) {
  const auto handler = FatalHandler::Install(folder.File("missing/fatal.record"), "1.2.3");
  EXPECT_EQ(handler.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(handler.status().message()), HasSubstr("missing/fatal.record"));
}

TEST_F(FatalRecordTest, WhatIsTruncatedGarbageOrOfAnotherLayoutIsRefused) {
  const auto record = Whole();
  Write(BytesOf(*record));
  EXPECT_TRUE(ReadFatalRecord(path).ok());
  const std::string whole = BytesOf(*record);
  Write(whole.substr(0, whole.size() - 1));
  EXPECT_EQ(CodeOfReading(), absl::StatusCode::kDataLoss);
  Write("");
  EXPECT_EQ(CodeOfReading(), absl::StatusCode::kDataLoss);
  Write(std::string(whole.size(), '\xff'));
  EXPECT_EQ(CodeOfReading(), absl::StatusCode::kDataLoss);
  std::string changed = whole;
  changed.back() ^= 1;
  Write(changed);
  EXPECT_EQ(CodeOfReading(), absl::StatusCode::kDataLoss);
  record->layout += 1;
  Write(BytesOf(*record));
  EXPECT_EQ(CodeOfReading(), absl::StatusCode::kDataLoss);
}

TEST_F(FatalRecordTest, NumbersThatCannotBeAreBounded) {
  auto record = Whole();
  record->code_count = record->frame_count = record->hand_count = UINT32_MAX;
  record->hands[0].target.size = UINT32_MAX;
  record->checksum = ChecksumOf(*record);
  Write(BytesOf(*record));
  record = Left();
  EXPECT_EQ(record->hand_count, FatalRecord::kHandsMax);
  EXPECT_EQ(record->hands[0].target.view().size(), record->hands[0].target.bytes.size());
  EXPECT_EQ(StackOf(*record).size(), FatalRecord::kFramesMax);
}

}  // namespace
}  // namespace troupe::telemetry
