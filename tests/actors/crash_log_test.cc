#include "runtime/actors/crash_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

using admin::v1::Crash;
using testing::HasSubstr;

class CrashLogTest : public testing::Test, protected OneReactor {
 protected:
  ~CrashLogTest() override {
    if (exchange_ != nullptr) reactor->exchanges().Free(*exchange_);
  }
  Exchange& Asked(std::string_view target) {
    exchange_ = &reactor->exchanges().New();
    exchange_->data.id = 7;
    exchange_->data.head.target = target;
    return *exchange_;
  }
  void AddField(Exchange& exchange, std::string_view name, std::string_view value) {
    http::FieldRef ref{};
    ref.name_begin = static_cast<uint32_t>(head_.size());
    ref.name_size = static_cast<uint16_t>(name.size());
    head_.append(name);
    ref.value_begin = static_cast<uint32_t>(head_.size());
    ref.value_size = static_cast<uint16_t>(value.size());
    head_.append(value);
    exchange.data.head.fields.Add(ref);
    exchange.data.head.fields.SetBase(head_.data());
  }
  static Crash Of(const std::string& worker) {
    Crash crash;
    crash.set_kind(Crash::EXCEPTION);
    crash.set_worker(worker);
    return crash;
  }

  CrashLog log{"sample", {"x-token"}};

 private:
  Exchange* exchange_ = nullptr;
  std::string head_;
};

TEST_F(CrashLogTest, GivesEachRecordItsNumberNameAndTime) {
  EXPECT_EQ(log.Add(Of("a")), 1u);
  EXPECT_EQ(log.Add(Of("b")), 2u);
  ASSERT_EQ(log.List().size(), 2u);
  EXPECT_EQ(log.List()[0].name(), "crashes/sample-2") << "the latest first";
  EXPECT_EQ(log.List()[1].name(), "crashes/sample-1");
  EXPECT_EQ(log.List()[0].pool(), "pools/sample");
  EXPECT_TRUE(log.List()[0].has_time());
}

TEST_F(CrashLogTest, KeepsTheLatestAndCountsAll) {
  for (int i = 0; i < 100; ++i) log.Add(Of(std::to_string(i)));
  EXPECT_EQ(log.count(), 100u);
  ASSERT_EQ(log.List().size(), 64u);
  EXPECT_EQ(log.List().front().worker(), "99");
  EXPECT_EQ(log.List().back().worker(), "36");
}

TEST_F(CrashLogTest, AddsARequestToARecordThatIsStillKept) {
  const uint64_t first = log.Add(Of("first"));
  const uint64_t second = log.Add(Of("second"));
  Exchange& exchange = Asked("/hang");
  log.AddRequest(second, exchange);
  EXPECT_EQ(log.List()[0].target(), "/hang");
  EXPECT_EQ(log.List()[0].request(), "requests/7");
  EXPECT_EQ(log.List()[1].target(), "");
  for (int i = 0; i < 64; ++i) log.Add(Of("later"));
  log.AddRequest(first, exchange);
  for (const Crash& crash : log.List()) EXPECT_EQ(crash.target(), "");
}

TEST_F(CrashLogTest, ShowsNeitherCredentialsNorTheValuesOfAQuery) {
  Exchange& exchange = Asked("/find?name=secret");
  AddField(exchange, "Cookie", "id=secret");
  AddField(exchange, "X-Token", "secret");
  AddField(exchange, "Accept", "*/*");
  Crash crash;
  log.Describe(exchange, crash);
  EXPECT_THAT(crash.DebugString(), Not(HasSubstr("secret")));
  EXPECT_EQ(crash.target(), "/find?name=[redacted]");
  ASSERT_EQ(crash.fields_size(), 3);
  EXPECT_EQ(crash.fields(2).value(), "*/*");
}

TEST_F(CrashLogTest, CutsWhatIsLong) {
  Exchange& exchange = Asked("/");
  const std::string value(5000, 'a');
  for (int i = 0; i < 200; ++i) AddField(exchange, "X", value);
  Crash crash;
  log.Describe(exchange, crash);
  EXPECT_EQ(crash.fields_size(), 100);
  EXPECT_EQ(crash.fields(0).value().size(), 1024u);
  crash.set_exception_text(value);
  log.Add(crash);
  EXPECT_EQ(log.List()[0].exception_text().size(), 1024u);
}

TEST_F(CrashLogTest, KeepsWhatCanBeSerializedWhateverWasSentOrThrown) {
  Exchange& exchange = Asked("/");
  AddField(exchange, "X", "\xff\xfe");
  Crash crash;
  log.Describe(exchange, crash);
  EXPECT_EQ(crash.fields(0).value(), "\xef\xbf\xbd\xef\xbf\xbd");
  crash.set_exception_text("\xc3");
  log.Add(crash);
  EXPECT_EQ(log.List()[0].exception_text(), "\xef\xbf\xbd");
}

TEST_F(CrashLogTest, OfAnEarlierProcessARecordKeepsItsPoolAndTime) {
  Crash crash = Of("pools/gone/workers/3");
  crash.set_pool("pools/gone");
  crash.mutable_time()->set_seconds(1);
  EXPECT_EQ(log.AddEarlier(crash), 1u);
  EXPECT_EQ(log.List()[0].name(), "crashes/sample-1");
  EXPECT_EQ(log.List()[0].pool(), "pools/gone");
  EXPECT_EQ(log.List()[0].time().seconds(), 1);
}

TEST_F(CrashLogTest, ADecisionGoesIntoTheRecordThatTheWorkerLeft) {
  log.Add(Of("pools/sample/workers/3"));
  log.Add(Of("pools/sample/workers/4"));
  log.DecideForWorker(3, "died", Crash::RESTART, "a new one starts", 5 * kNanosPerSecond);
  ASSERT_EQ(log.count(), 2u);
  const Crash decided = log.List()[1];
  EXPECT_EQ(decided.decision(), Crash::RESTART);
  EXPECT_EQ(decided.decision_reason(), "a new one starts");
  EXPECT_EQ(decided.backoff().seconds(), 5);
  EXPECT_EQ(log.List()[0].decision(), Crash::DECISION_UNSPECIFIED) << "of another worker";
}

TEST_F(CrashLogTest, AWorkerThatLeftNoRecordGetsOne) {
  log.DecideForWorker(3, "exited", Crash::FAIL_POOL, "too many", 0);
  ASSERT_EQ(log.count(), 1u);
  EXPECT_EQ(log.List()[0].kind(), Crash::EXIT);
  EXPECT_EQ(log.List()[0].worker(), "pools/sample/workers/3");
  EXPECT_EQ(log.List()[0].exception_text(), "exited");
  EXPECT_EQ(log.List()[0].decision(), Crash::FAIL_POOL);
  // What was decided stays.
  log.DecideForWorker(3, "again", Crash::RESTART, "", 0);
  EXPECT_EQ(log.count(), 2u);
}

}  // namespace
}  // namespace troupe
