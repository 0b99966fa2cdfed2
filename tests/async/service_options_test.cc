#include "runtime/async/service_options.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace troupe {
namespace {

using Values = ServiceOptions::Values;

TEST(ServiceOptions, AnswerWhatIsSet) {
  ServiceOptions options(
      Values{{"body", "hi"}, {"status", "404"}, {"delay", "1m30s"}, {"mode", "fast"}});
  EXPECT_EQ(options.String("body", "none"), "hi");
  EXPECT_EQ(options.Int("status", 200, 200, 599), 404);
  EXPECT_EQ(options.Duration("delay", absl::ZeroDuration()), absl::Seconds(90));
  EXPECT_EQ(options.OneOf("mode", "slow", {"slow", "fast"}), "fast");
  EXPECT_TRUE(options.Check().ok());
}

TEST(ServiceOptions, AnswerTheDefaultWhenNothingIsSet) {
  ServiceOptions options({});
  EXPECT_EQ(options.String("body", "none"), "none");
  EXPECT_EQ(options.Int("status", 200, 200, 599), 200);
  EXPECT_EQ(options.Duration("delay", absl::Seconds(2)), absl::Seconds(2));
  EXPECT_EQ(options.OneOf("mode", "slow", {"slow", "fast"}), "slow");
  EXPECT_TRUE(options.Check().ok());
}

TEST(ServiceOptions, RefuseNumbersThatAreNoneOrOutOfRange) {
  for (const char* text :
       {"", " 1", "1 ", "+1", "0x10", "1.5", "abc", "9", "31", "99999999999999999999"}) {
    ServiceOptions options(Values{{"size", text}});
    EXPECT_EQ(options.Int("size", 20, 10, 30), 20) << text;
    EXPECT_EQ(options.Check().message(), "The option \"size\" is \"" + std::string(text) +
                                             "\"; it must be a whole number from 10 to 30.");
  }
}

TEST(ServiceOptions, AcceptTheEndsOfTheRange) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  ServiceOptions options(Values{{"min", std::to_string(kMin)}, {"max", std::to_string(kMax)}});
  EXPECT_EQ(options.Int("min", 0, kMin, kMax), kMin);
  EXPECT_EQ(options.Int("max", 0, kMin, kMax), kMax);
  EXPECT_TRUE(options.Check().ok());
}

TEST(ServiceOptions, RefuseDurationsThatAreNoneNegativeOrInfinite) {
  for (const char* text : {"", "5", "-1s", "inf", "1 s", "soon"}) {
    ServiceOptions options(Values{{"delay", text}});
    EXPECT_EQ(options.Duration("delay", absl::Seconds(1)), absl::Seconds(1)) << text;
    EXPECT_EQ(options.Check().message(),
              "The option \"delay\" is \"" + std::string(text) +
                  "\"; it must be a duration such as 100ms, 2s or 1m30s.");
  }
}

TEST(ServiceOptions, RefuseAWordThatIsNotAllowed) {
  ServiceOptions options(Values{{"mode", "fats"}});
  EXPECT_EQ(options.OneOf("mode", "slow", {"slow", "fast"}), "slow");
  EXPECT_EQ(options.Check().message(),
            "The option \"mode\" is \"fats\"; it must be one of slow, fast.");
}

TEST(ServiceOptions, ReportTheFirstMistake) {
  ServiceOptions options(Values{{"a", "x"}, {"b", "y"}});
  (void)options.Int("b", 0, 0, 1);
  (void)options.Int("a", 0, 0, 1);
  EXPECT_NE(options.Check().message().find("\"b\""), std::string::npos);
}

TEST(ServiceOptions, ReportAnUnknownOptionWithThoseThereAre) {
  ServiceOptions options(Values{{"bdoy", "hi"}});
  (void)options.String("body", "");
  (void)options.String("status", "");
  EXPECT_EQ(options.Check().message(),
            "There is no option \"bdoy\"; the service has: body, status.");
}

TEST(ServiceOptions, ReportAnOptionOfAServiceThatHasNone) {
  EXPECT_EQ(ServiceOptions(Values{{"body", "hi"}}).Check().message(),
            "There is no option \"body\"; the service has none.");
}

}  // namespace
}  // namespace troupe
