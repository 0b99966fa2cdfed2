#include "runtime/config/values.h"

#include <gtest/gtest.h>

#include <limits>

namespace troupe::config {
namespace {

TEST(Durations, AreReadWithUnits) {
  EXPECT_EQ(ParseDuration("100ms").value(), absl::Milliseconds(100));
  EXPECT_EQ(ParseDuration("1m30s").value(), absl::Seconds(90));
  EXPECT_EQ(ParseDuration("1.5s").value(), absl::Milliseconds(1500));
  EXPECT_EQ(ParseDuration("0").value(), absl::ZeroDuration());
}

TEST(Durations, WithoutUnitOrBelowZeroOrWithoutEndAreRefused) {
  for (std::string_view text : {"", "30", "-1s", "+1s", "1 s", "1x", "inf", "s", " 1s"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

TEST(Durations, SurviveTheWayThroughTheirProto) {
  for (absl::Duration duration :
       {absl::ZeroDuration(), absl::Milliseconds(1), absl::Seconds(75), absl::Hours(24)}) {
    EXPECT_EQ(ToDuration(ToProto(duration)), duration);
  }
}

TEST(Durations, AreWrittenInTheLargestUnitThatDividesThem) {
  EXPECT_EQ(DurationText(absl::ZeroDuration()), "0");
  EXPECT_EQ(DurationText(absl::Seconds(75)), "75s");
  EXPECT_EQ(DurationText(absl::Seconds(120)), "2m");
  EXPECT_EQ(DurationText(absl::Hours(24)), "24h");
  EXPECT_EQ(DurationText(absl::Milliseconds(1500)), "1500ms");
  EXPECT_EQ(DurationText(absl::Microseconds(1500)), "1.5ms");
}

TEST(Numbers, AreDigitsOnly) {
  EXPECT_EQ(ParseNumber("18446744073709551615").value(), std::numeric_limits<uint64_t>::max());
  for (std::string_view text :
       {"", "-1", "+1", " 1", "1 ", "1.0", "0x10", "1e3", "1_000", "18446744073709551616"}) {
    EXPECT_FALSE(ParseNumber(text).ok()) << text;
  }
}

TEST(Sizes, AreReadInBytesAndBinaryUnits) {
  EXPECT_EQ(ParseBytes("65536").value(), 65536);
  EXPECT_EQ(ParseBytes("64KiB").value(), 65536);
  EXPECT_EQ(ParseBytes("2MiB").value(), 2u << 20);
  EXPECT_EQ(ParseBytes("1TiB").value(), uint64_t{1} << 40);
}

TEST(Sizes, InOtherUnitsOrTooLargeAreRefused) {
  for (std::string_view text : {"", "KiB", "64KB", "64k", "1.5MiB", "64 KiB", "16777216TiB"}) {
    EXPECT_FALSE(ParseBytes(text).ok()) << text;
  }
}

TEST(Sizes, AreWrittenInTheLargestUnitThatDividesThem) {
  EXPECT_EQ(FormatBytes(0), "0");
  EXPECT_EQ(FormatBytes(1023), "1023");
  EXPECT_EQ(FormatBytes(1024), "1KiB");
  EXPECT_EQ(FormatBytes(1536), "1536");
  EXPECT_EQ(FormatBytes(1536 * 1024), "1536KiB");
  EXPECT_EQ(FormatBytes(uint64_t{1} << 40), "1TiB");
}

}  // namespace
}  // namespace troupe::config
