#include "tests/http/request_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/http/request_reader.h"

namespace troupe::http {
namespace {

using std::string_literals::operator""s;

class RequestCaseTest : public testing::TestWithParam<RequestCase> {};

INSTANTIATE_TEST_SUITE_P(Requests, RequestCaseTest, testing::ValuesIn(RequestCases()),
                         [](const auto& info) { return info.param.name; });

RequestReader ReadWhole(std::string_view bytes) {
  RequestReader reader(CaseHeadLimits(), CaseChunkedLimits());
  reader.Feed(bytes);
  return reader;
}

RequestReader ReadInTwo(std::string_view bytes, size_t split) {
  RequestReader reader(CaseHeadLimits(), CaseChunkedLimits());
  reader.Feed(bytes.substr(0, split));
  reader.Feed(bytes.substr(split));
  return reader;
}

RequestReader ReadByteByByte(std::string_view bytes) {
  RequestReader reader(CaseHeadLimits(), CaseChunkedLimits());
  for (size_t i = 0; i < bytes.size(); ++i) reader.Feed(bytes.substr(i, 1));
  return reader;
}

TEST_P(RequestCaseTest, Whole) {
  EXPECT_EQ(ReadWhole(GetParam().bytes).Summary(), GetParam().want);
}

TEST_P(RequestCaseTest, SplitAtEachByte) {
  const std::string& bytes = GetParam().bytes;
  const std::string want = ReadWhole(bytes).transcript();
  for (size_t split = 1; split < bytes.size(); ++split) {
    ASSERT_EQ(ReadInTwo(bytes, split).transcript(), want) << "split at " << split;
  }
  EXPECT_EQ(ReadByteByByte(bytes).transcript(), want);
  EXPECT_EQ(ReadByteByByte(bytes).Summary(), GetParam().want);
}

TEST_P(RequestCaseTest, BehindAnotherRequest) {
  const std::string bytes =
      "POST /1 HTTP/1.1\r\nHost: 1\r\nContent-Length: 3\r\n\r\none" + GetParam().bytes;
  const std::string want =
      "POST /1 1 \"one\"" + (GetParam().want == "..." ? "" : " | "s) + GetParam().want;
  EXPECT_EQ(ReadWhole(bytes).Summary(), want);
  EXPECT_EQ(ReadByteByByte(bytes).Summary(), want);
}

TEST_P(RequestCaseTest, TwiceOnOneConnection) {
  const bool goes_on = !ReadWhole(GetParam().bytes).refused() && GetParam().want != "...";
  const std::string bytes = GetParam().bytes + GetParam().bytes;
  const std::string& want = GetParam().want;
  EXPECT_EQ(ReadByteByByte(bytes).Summary(), goes_on ? want + " | " + want : want);
}

}  // namespace
}  // namespace troupe::http
