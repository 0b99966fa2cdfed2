#include "admin/filter.h"

#include <gtest/gtest.h>

#include <string>

#include "admin/listing.h"
#include "troupe/admin/v1/ledger.pb.h"
#include "troupe/admin/v1/requests.pb.h"

namespace troupe::admin {
namespace {

v1::Request Sample() {
  v1::Request request;
  request.set_name("requests/1");
  request.set_method("GET");
  request.set_pool("pools/echo");
  request.set_client("10.0.0.7");
  request.set_phase(v1::Request::QUEUED);
  request.mutable_age()->set_seconds(6);
  request.mutable_times()->mutable_queue()->set_nanos(5'000'000);
  request.set_status(200);
  return request;
}

bool Matches(const std::string& text) {
  absl::StatusOr<Filter> filter = Filter::Parse(text, *v1::Request::descriptor());
  EXPECT_TRUE(filter.ok()) << text << ": " << filter.status();
  return filter.ok() && filter->Matches(Sample());
}

TEST(Filter, ComparesTextsNumbersEnumerationsAndDurations) {
  EXPECT_TRUE(Matches(""));
  EXPECT_TRUE(Matches("method = GET"));
  EXPECT_TRUE(Matches("pool = \"pools/echo\""));
  EXPECT_FALSE(Matches("pool != \"pools/echo\""));
  EXPECT_TRUE(Matches("age > 5s"));
  EXPECT_FALSE(Matches("age > 6s"));
  EXPECT_TRUE(Matches("age >= 6s"));
  EXPECT_TRUE(Matches("phase = QUEUED"));
  EXPECT_TRUE(Matches("times.queue < 10ms"));
  EXPECT_TRUE(Matches("status >= 200"));
  EXPECT_TRUE(Matches("cancelled = false"));
}

TEST(Filter, HasMeansPartOfATextAndWhetherAFieldIsSet) {
  EXPECT_TRUE(Matches("client : \"10.0.\""));
  EXPECT_FALSE(Matches("client : \"10.1.\""));
  EXPECT_TRUE(Matches("times : *"));
  EXPECT_FALSE(Matches("deadline : *"));
}

TEST(Filter, OrBindsTighterThanAndAsTheStandardSays) {
  EXPECT_FALSE(Matches("method = PUT AND method = PUT OR method = GET"));
  EXPECT_TRUE(Matches("(method = PUT AND method = PUT) OR method = GET"));
  EXPECT_TRUE(Matches("NOT method = PUT"));
  EXPECT_TRUE(Matches("NOT (method = PUT OR age > 1h)"));
}

TEST(Filter, LooksIntoMaps) {
  v1::LedgerSnapshot ledger;
  (*ledger.mutable_outcomes())["SHED"] = 3;
  auto matches = [&](const std::string& text) {
    absl::StatusOr<Filter> filter = Filter::Parse(text, *v1::LedgerSnapshot::descriptor());
    return filter.ok() && filter->Matches(ledger);
  };
  EXPECT_TRUE(matches("outcomes.SHED > 2"));
  EXPECT_FALSE(matches("outcomes.FAILED > 0"));
  EXPECT_TRUE(matches("outcomes.SHED : *"));
  EXPECT_FALSE(matches("outcomes.FAILED : *"));
}

TEST(Filter, SaysWhatIsWrong) {
  for (const char* text :
       {"pol = x", "age", "age >", "age > soon", "phase = LATE", "status = many", "method = \"GET",
        "(method = GET", "method = GET)", "method GET", "= GET", "age.x = 1", "times = 1", "AND",
        "method = GET AND", "fields.name = x"}) {
    EXPECT_FALSE(Filter::Parse(text, *v1::Request::descriptor()).ok()) << text;
  }
  const std::string deep(1000, '(');
  EXPECT_FALSE(Filter::Parse(deep, *v1::Request::descriptor()).ok());
  EXPECT_FALSE(Filter::Parse(std::string(5000, 'a'), *v1::Request::descriptor()).ok());
}

TEST(Listing, OrdersByFieldsOneAfterAnother) {
  std::vector<v1::Request> items(3, Sample());
  items[0].set_name("b");
  items[1].set_name("a");
  items[2].set_name("c");
  items[2].mutable_age()->set_seconds(7);
  ASSERT_TRUE(Select({0, "", "", "age desc, name"}, items).ok());
  EXPECT_EQ(items[0].name() + items[1].name() + items[2].name(), "cab");
  EXPECT_FALSE(Select({0, "", "", "none"}, items).ok());
  EXPECT_FALSE(Select({0, "", "", "fields"}, items).ok());
}

TEST(Listing, CutsIntoPagesThatFollowOneAnother) {
  absl::StatusOr<Page> first = Cut({2, "", "", ""}, 5);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->end, 2u);
  absl::StatusOr<Page> second = Cut({2, first->next_token, "", ""}, 5);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->begin, 2u);
  absl::StatusOr<Page> last = Cut({2, second->next_token, "", ""}, 5);
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(last->end, 5u);
  EXPECT_TRUE(last->next_token.empty());
  EXPECT_FALSE(Cut({2, first->next_token, "age > 1s", ""}, 5).ok()) << "of another request";
  EXPECT_FALSE(Cut({-1, "", "", ""}, 5).ok());
  EXPECT_EQ(Cut({0, "", "", ""}, 500)->end, 100u);
  EXPECT_EQ(Cut({100'000, "", "", ""}, 5000)->end, 1000u);
}

}  // namespace
}  // namespace troupe::admin
