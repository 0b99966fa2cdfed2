#include "runtime/reactor/exchange_slab.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

using telemetry::Outcome;

class ExchangeSlabTest : public testing::Test, public OneReactor {
 protected:
  ExchangeSlab& slab() { return reactor->exchanges(); }
  Exchange& Accepted() {
    Exchange& exchange = slab().New();
    slab().Accept(exchange);
    return exchange;
  }
};

TEST_F(ExchangeSlabTest, CountsAnExchangeFromItsFirstByteUntilItsDecision) {
  Exchange& exchange = slab().New();
  EXPECT_EQ(slab().record(), telemetry::LedgerRecord());
  slab().Accept(exchange);
  EXPECT_EQ(slab().record().accepted, 1u);
  EXPECT_EQ(slab().record().in_flight, 1u);
  slab().Decide(exchange, Outcome::kShed);
  EXPECT_EQ(slab().record().Of(Outcome::kShed), 1u);
  EXPECT_EQ(slab().record().in_flight, 0u);
}

TEST_F(ExchangeSlabTest, CountsAnAcceptanceOnce) {
  Exchange& exchange = Accepted();
  uint64_t id = exchange.data.id;
  slab().Accept(exchange);
  EXPECT_EQ(slab().record().accepted, 1u);
  EXPECT_EQ(exchange.data.id, id);
}

TEST_F(ExchangeSlabTest, TheFirstDecisionWins) {
  Exchange& exchange = Accepted();
  slab().Decide(exchange, Outcome::kTimedOut);
  slab().Decide(exchange, Outcome::kAnswered);
  EXPECT_EQ(exchange.outcome, Outcome::kTimedOut);
  EXPECT_EQ(slab().record().Of(Outcome::kTimedOut), 1u);
  EXPECT_EQ(slab().record().Of(Outcome::kAnswered), 0u);
}

TEST_F(ExchangeSlabTest, DoesNotCountWhatWasNeverAccepted) {
  Exchange& exchange = slab().New();
  slab().Decide(exchange, Outcome::kClientGone);
  slab().Free(exchange);
  slab().Free(slab().New());
  EXPECT_EQ(slab().record(), telemetry::LedgerRecord());
}

TEST_F(ExchangeSlabTest, SaysOnceWhetherAnythingWasCounted) {
  EXPECT_FALSE(slab().TakeChanged());
  Exchange& exchange = Accepted();
  EXPECT_TRUE(slab().TakeChanged());
  EXPECT_FALSE(slab().TakeChanged());
  slab().Decide(exchange, Outcome::kAnswered);
  EXPECT_TRUE(slab().TakeChanged());
  slab().Decide(exchange, Outcome::kFailed);
  EXPECT_FALSE(slab().TakeChanged()) << "the second decision changes nothing";
}

TEST_F(ExchangeSlabTest, ReusesTheExchangeFreedLast) {
  Exchange& first = slab().New();
  Exchange& second = slab().New();
  slab().Free(first);
  slab().Free(second);
  EXPECT_EQ(&slab().New(), &second);
  EXPECT_EQ(&slab().New(), &first);
}

TEST_F(ExchangeSlabTest, AReusedExchangeIsBlank) {
  Exchange& used = Accepted();
  uint64_t first_id = used.data.id;
  used.data.path = "/path";
  used.data.body = "body";
  used.data.params.Add("name", "value");
  used.body.Append("body");
  used.context.response = Response::Text("answer", 201);
  used.own_answer = std::make_unique<Response>(503);
  used.begun = used.answered = used.ready = used.queued = used.close_after = used.parsed = true;
  used.continue_due = true;
  used.cancelled = true;
  used.failure = used.cause = telemetry::Cause::kHandlerThrew;
  used.failure_text = "text";
  used.refusal = http::Refusal::kRouteNotFound;
  used.deadline = used.queue_deadline = 1;
  used.answer_status = 201;
  used.answer_bytes = 6;
  used.worker_id = 7;
  used.head_buffer = reactor->buffers().Borrow(1);
  slab().Decide(used, Outcome::kFailed);
  slab().Free(used);
  EXPECT_EQ(reactor->buffers().borrowed(), 0u) << "the head's buffer goes back at once";

  Exchange& blank = slab().New();
  ASSERT_EQ(&blank, &used);
  EXPECT_FALSE(blank.accepted || blank.decided || blank.out || blank.begun || blank.answered ||
               blank.ready || blank.queued || blank.close_after || blank.parsed ||
               blank.continue_due || blank.cancelled);
  EXPECT_EQ(blank.data.path, "");
  EXPECT_EQ(blank.data.body, "");
  EXPECT_EQ(blank.data.params.size(), 0u);
  EXPECT_EQ(blank.body.size(), 0u);
  EXPECT_EQ(blank.context.response.status(), 200);
  EXPECT_EQ(blank.context.response.body(), "");
  EXPECT_EQ(blank.own_answer, nullptr);
  EXPECT_EQ(blank.failure, telemetry::Cause::kNone);
  EXPECT_EQ(blank.cause, telemetry::Cause::kNone);
  EXPECT_EQ(blank.failure_text, "");
  EXPECT_EQ(blank.refusal, http::Refusal::kNone);
  EXPECT_EQ(blank.deadline, kNever);
  EXPECT_EQ(blank.queue_deadline, kNever);
  EXPECT_EQ(blank.answer_status, 0);
  EXPECT_EQ(blank.answer_bytes, 0u);
  EXPECT_EQ(blank.worker_id, 0u);
  slab().Accept(blank);
  EXPECT_NE(blank.data.id, first_id);
  slab().Decide(blank, Outcome::kAnswered);
}

TEST_F(ExchangeSlabTest, GivesIdsThatNoOtherReactorGives) {
  ManualClock clock;
  Reactor::Options options;
  options.index = 1;
  SteppedReactor other(system.system(), clock, options);
  std::set<uint64_t> ids;
  for (int i = 0; i < 100; ++i) {
    for (Reactor* each : {&*reactor, &*other}) {
      Exchange& exchange = each->exchanges().New();
      each->exchanges().Accept(exchange);
      EXPECT_NE(exchange.data.id, 0u);
      ids.insert(exchange.data.id);
      each->exchanges().Decide(exchange, Outcome::kAnswered);
      each->exchanges().Free(exchange);
    }
  }
  EXPECT_EQ(ids.size(), 200u);
}

TEST_F(ExchangeSlabTest, ItsRecordBalancesAndAgreesWithACountAtEveryInstant) {
  std::mt19937 random(7);
  std::vector<Exchange*> live;
  std::array<uint64_t, telemetry::kOutcomeCount> decided{};
  uint64_t accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    size_t chosen = live.empty() ? 0 : random() % live.size();
    if (live.empty() || random() % 3 == 0) {
      live.push_back(&slab().New());
    } else if (!live[chosen]->accepted) {
      accepted += 1;
      slab().Accept(*live[chosen]);
    } else if (!live[chosen]->decided) {
      size_t outcome = random() % telemetry::kOutcomeCount;
      ++decided[outcome];
      slab().Decide(*live[chosen], static_cast<Outcome>(outcome));
    } else {
      slab().Free(*live[chosen]);
      live.erase(live.begin() + static_cast<ptrdiff_t>(chosen));
    }
    telemetry::LedgerRecord record = slab().record();
    ASSERT_TRUE(telemetry::Balanced(record));
    ASSERT_EQ(record.in_flight, slab().undecided().size());
    ASSERT_EQ(slab().live(), live.size());
    ASSERT_EQ(record.accepted, accepted);
    ASSERT_EQ(record.outcomes, decided);
  }
}

TEST_F(ExchangeSlabTest, ListsEveryLiveExchangeOnce) {
  std::set<Exchange*> expected;
  std::vector<Exchange*> all;
  for (int i = 0; i < 10; ++i) all.push_back(&slab().New());
  for (size_t i : {0u, 9u, 4u, 5u}) slab().Free(*all[i]);
  for (size_t i : {1u, 2u, 3u, 6u, 7u, 8u}) expected.insert(all[i]);
  const std::vector<Exchange*>& live = slab().all_live();
  EXPECT_EQ(std::set<Exchange*>(live.begin(), live.end()), expected);
  EXPECT_EQ(live.size(), expected.size());
}

}  // namespace
}  // namespace troupe
