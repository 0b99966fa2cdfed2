#include "runtime/telemetry/access_line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace troupe::telemetry {
namespace {

AccessRecord Example() {
  AccessRecord record;
  record.time = absl::FromUnixMillis(1'738'317'600'007);
  record.id = 7;
  record.client = "192.0.2.7";
  record.method = "GET";
  record.target = "/a?b=c";
  record.status = 200;
  record.bytes = 12;
  record.route = "/{name}";
  record.pool = "web";
  record.worker = 3;
  record.outcome = Outcome::kAnswered;
  record.queue_wait = absl::Microseconds(1);
  record.service_time = absl::Milliseconds(85);
  return record;
}

TEST(AccessLine, TextIsTheCommonLogFormatFollowedByPairs) {
  AccessLineWriter writer(LineFormat::kText);
  EXPECT_EQ(writer.Write(Example()),
            "192.0.2.7 - - [31/Jan/2025:10:00:00 +0000] \"GET /a?b=c HTTP/1.1\" 200 12 id=7 "
            "route=\"/{name}\" pool=\"web\" worker=3 outcome=ANSWERED queue_wait_us=1 "
            "service_time_us=85000\n");
}

TEST(AccessLine, JsonIsOneObjectWithTheSameValues) {
  AccessLineWriter writer(LineFormat::kJson);
  const std::string line(writer.Write(Example()));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const nlohmann::json expected = {{"time", "2025-01-31T10:00:00.007Z"},
                                   {"id", 7},
                                   {"client", "192.0.2.7"},
                                   {"method", "GET"},
                                   {"target", "/a?b=c"},
                                   {"protocol", "HTTP/1.1"},
                                   {"status", 200},
                                   {"bytes", 12},
                                   {"route", "/{name}"},
                                   {"pool", "web"},
                                   {"worker", 3},
                                   {"outcome", "ANSWERED"},
                                   {"queue_wait_us", 1},
                                   {"service_time_us", 85000}};
  EXPECT_EQ(nlohmann::json::parse(line), expected);
}

TEST(AccessLine, TextHasADashForARequestThatWasRefusedUnread) {
  AccessLineWriter writer(LineFormat::kText);
  AccessRecord record = Example();
  record.method = record.target = "";
  EXPECT_NE(writer.Write(record).find("] \"-\" 200 "), std::string_view::npos);
}

TEST(AccessLine, NothingAClientSendsCanForgeALineOrAField) {
  for (const LineFormat format : {LineFormat::kText, LineFormat::kJson}) {
    AccessLineWriter writer(format);
    AccessRecord record = Example();
    record.method = "G\"\n";
    record.target = "/\"\r\n192.0.2.8 - - \x1b[2J\\";
    const std::string_view line = writer.Write(record);
    EXPECT_EQ(line.find_first_of("\n\r\x1b"), line.size() - 1);
    EXPECT_EQ(line.find("/\"\\"), std::string_view::npos) << "the quote must be escaped";
    EXPECT_NE(line.find("- - \\"), std::string_view::npos);
  }
}

TEST(AccessLine, FollowsTheClockFromLineToLine) {
  AccessLineWriter writer(LineFormat::kJson);
  AccessRecord record = Example();
  for (const auto& [millis, expected] : std::vector<std::pair<int64_t, std::string>>{
           {1'738'317'600'999, "2025-01-31T10:00:00.999Z"},
           {1'738'317'601'000, "2025-01-31T10:00:01.000Z"},
           {1'738'368'000'010, "2025-02-01T00:00:00.010Z"},
           {1'738'317'600'123, "2025-01-31T10:00:00.123Z"}}) {
    record.time = absl::FromUnixMillis(millis);
    EXPECT_EQ(nlohmann::json::parse(writer.Write(record))["time"], expected);
  }
}

TEST(AccessLine, HoldsTheLargestNumbersAndALongTargetThatIsAllEscapes) {
  const std::string target(8192, '\n');
  AccessRecord record = Example();
  record.target = target;
  record.id = record.bytes = record.worker = UINT64_MAX;
  record.status = -2'147'483'647;
  record.queue_wait = record.service_time = absl::InfiniteDuration();
  for (const LineFormat format : {LineFormat::kText, LineFormat::kJson}) {
    AccessLineWriter writer(format);
    const std::string_view line = writer.Write(record);
    EXPECT_GT(line.size(), 4 * target.size());
    EXPECT_NE(line.find("18446744073709551615"), std::string_view::npos);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
  }
}

}  // namespace
}  // namespace troupe::telemetry
