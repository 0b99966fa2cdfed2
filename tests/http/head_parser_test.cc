// What the table of request_cases.cc cannot say: how the parser behaves between its calls.
#include "runtime/http/head_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace troupe::http {
namespace {

using State = HeadParser::State;
using testing::ElementsAre;
using testing::Pair;

constexpr HeadLimits kLimits;

std::vector<std::pair<std::string, std::string>> FieldsOf(const RequestHead& head) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const Fields::Entry field : head.fields) fields.emplace_back(field.name, field.value);
  return fields;
}

TEST(HeadParser, GivesFieldsInTheirOrderAndCase_Rfc9110_5_3) {
  HeadParser parser;
  RequestHead head;
  const std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\naCCEPT: a\r\nX: \r\naccept:b \t\r\n\r\n";
  ASSERT_EQ(parser.Parse(bytes, kLimits, head), State::kDone);
  EXPECT_THAT(FieldsOf(head), ElementsAre(Pair("Host", "h"), Pair("aCCEPT", "a"), Pair("X", ""),
                                          Pair("accept", "b")));
}

TEST(HeadParser, ConsumesTheHeadAndNothingBehindIt_Rfc9112_2_2) {
  HeadParser parser;
  RequestHead head;
  const std::string bytes = "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n";
  ASSERT_EQ(parser.Parse(bytes + "GET /next", kLimits, head), State::kDone);
  EXPECT_EQ(parser.consumed(), bytes.size());
}

TEST(HeadParser, ConsumesNothingBeforeTheHeadIsWhole) {
  HeadParser parser;
  RequestHead head;
  ASSERT_EQ(parser.Parse("GET / HTTP/1.1\r\nHost: h\r\n\r", kLimits, head), State::kNeedMore);
  EXPECT_EQ(parser.consumed(), 0);
}

TEST(HeadParser, BeginsWithTheFirstByteThatIsNoEmptyLine_Rfc9112_2_2) {
  HeadParser parser;
  RequestHead head;
  EXPECT_FALSE(parser.begun());
  ASSERT_EQ(parser.Parse("\r\n\r", kLimits, head), State::kNeedMore);
  EXPECT_FALSE(parser.begun());
  ASSERT_EQ(parser.Parse("\r\n\r\nG", kLimits, head), State::kNeedMore);
  EXPECT_TRUE(parser.begun());
}

TEST(HeadParser, HasBegunWhatItRefuses) {
  HeadParser parser;
  RequestHead head;
  ASSERT_EQ(parser.Parse("\n", kLimits, head), State::kRefused);
  EXPECT_TRUE(parser.begun());
}

TEST(HeadParser, ViewsPointIntoTheBytesOfTheLastCall) {
  HeadParser parser;
  RequestHead head;
  const std::string bytes = "GET http://h/p?q HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";
  {
    const std::string first = bytes.substr(0, 35);
    ASSERT_EQ(parser.Parse(first, kLimits, head), State::kNeedMore);
  }
  ASSERT_EQ(parser.Parse(bytes, kLimits, head), State::kDone);
  EXPECT_EQ(head.target.data(), bytes.data() + bytes.find("http"));
  EXPECT_EQ(head.host.data(), bytes.data() + bytes.find("h/p"));
  EXPECT_EQ(head.path.data(), bytes.data() + bytes.find("/p?"));
  EXPECT_EQ(head.query.data(), bytes.data() + bytes.find("q HTTP"));
  EXPECT_EQ(head.fields[1].name.data(), bytes.data() + bytes.find("A: "));
  EXPECT_EQ(head.fields[1].value.data(), bytes.data() + bytes.find("b\r\n"));
}

TEST(HeadParser, IsReadyForTheNextHeadAfterReset) {
  HeadParser parser;
  RequestHead head;
  const std::string first =
      "POST http://h/p?q HTTP/1.0\r\nHost: h\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n";
  ASSERT_EQ(parser.Parse(first, kLimits, head), State::kDone);
  parser.Reset();
  EXPECT_EQ(parser.consumed(), 0);
  EXPECT_FALSE(parser.begun());
  ASSERT_EQ(parser.Parse("GET /r HTTP/1.1\r\nHost: i\r\n\r\n", kLimits, head), State::kDone);
  EXPECT_EQ(head.method, Method::kGet);
  EXPECT_EQ(head.form, TargetForm::kOrigin);
  EXPECT_EQ(head.framing, BodyFraming::kNone);
  EXPECT_EQ(head.path, "/r");
  EXPECT_EQ(head.query, "");
  EXPECT_EQ(head.host, "i");
  EXPECT_EQ(head.content_length, 0);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_THAT(FieldsOf(head), ElementsAre(Pair("Host", "i")));
}

TEST(HeadParser, StaysRefused) {
  HeadParser parser;
  RequestHead head;
  ASSERT_EQ(parser.Parse("GET / HTTP/3.0\r\n", kLimits, head), State::kRefused);
  EXPECT_EQ(parser.Parse("GET / HTTP/3.0\r\nHost: h\r\n\r\n", kLimits, head), State::kRefused);
  EXPECT_EQ(parser.refusal(), Refusal::kUnsupportedVersion);
}

TEST(HeadParser, GivesTheLogWhatItReadBeforeItRefused) {
  HeadParser parser;
  RequestHead head;
  const std::string bytes = "PUT /p?q HTTP/1.1\r\nHost: h\r\nA: b\r\nB : c";
  ASSERT_EQ(parser.Parse(bytes, kLimits, head), State::kRefused);
  EXPECT_EQ(head.method, Method::kPut);
  EXPECT_EQ(head.target, "/p?q");
  EXPECT_EQ(head.path, "/p");
  EXPECT_THAT(FieldsOf(head), ElementsAre(Pair("Host", "h"), Pair("A", "b")));
}

// Bytes that were looked at are spoiled before the next call, but for those that the end of their
// token still needs: whoever looked again would refuse them. So reading a head byte by byte costs
// no more than reading it whole.
TEST(HeadParser, DoesNotLookAgainAtWhatItHasRead) {
  HeadParser parser;
  RequestHead head;
  const std::string begin = "GET /";
  const std::string target = std::string(300, 'a');
  const std::string between = " HTTP/1.1\r\nHost: h\r\nLong: ";
  const std::string value = std::string(300, 'b');
  const std::string bytes = begin + target + between + value + "\r\n\r\n";
  std::string spoiled = bytes;
  for (size_t size = 1; size < bytes.size(); ++size) {
    ASSERT_EQ(parser.Parse({spoiled.data(), size}, kLimits, head), State::kNeedMore) << size;
    const bool in_target = size > begin.size() + 1 && size < begin.size() + target.size();
    const size_t value_begin = bytes.size() - value.size() - 4;
    const bool in_value = size > value_begin + 1 && size < value_begin + value.size();
    if (in_target || in_value) spoiled[size - 1] = '\0';
  }
  EXPECT_EQ(parser.Parse(spoiled, kLimits, head), State::kDone);
}

// Each is refused at its last byte, and at none before.
class EarlyRefusalTest : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(
    Heads, EarlyRefusalTest,
    testing::Values("\x16", "GE(", "GET\t", "GET /\x01", "GET /a%g", "GET /a%4x", "GET /a%00",
                    "GET /#", "GET / X", "GET / HTTP/1.x", "BREW / HTTP/1.1\r\n",
                    "CONNECT h:80 HTTP/1.1\r\n", "GET * HTTP/1.1\r\n", "GET / HTTP/2.0\r\n",
                    "GET / HTTP/1.1\n", "GET / HTTP/1.1\r\n ", "GET / HTTP/1.1\r\nA ",
                    "GET / HTTP/1.1\r\nHost: a,b\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n",
                    "GET / HTTP/1.1\r\nContent-Length: x\r\n", "GET / HTTP/1.1\r\nExpect: x\r\n",
                    "GET / HTTP/1.1\r\nA: \x01", "GET / HTTP/1.1\r\nA: b\r\n "));

TEST_P(EarlyRefusalTest, ComesWithTheByteThatCausesIt) {
  const std::string& bytes = GetParam();
  HeadParser parser;
  RequestHead head;
  for (size_t size = 1; size < bytes.size(); ++size) {
    ASSERT_EQ(parser.Parse({bytes.data(), size}, kLimits, head), State::kNeedMore) << size;
  }
  EXPECT_EQ(parser.Parse(bytes, kLimits, head), State::kRefused);
}

TEST(HeadParser, TakesWhatTheDefaultLimitsAllow) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 99; ++i) bytes += "Name: " + std::string(300, 'v') + "\r\n";
  bytes += "\r\n";
  HeadParser parser;
  RequestHead head;
  ASSERT_EQ(parser.Parse(bytes, kLimits, head), State::kDone);
  EXPECT_EQ(head.fields.size(), 100);
}

TEST(HeadParser, NamesTheFieldsThatTheRuntimeLooksAt) {
  HeadParser parser;
  RequestHead head;
  const std::string bytes =
      "GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: 7\r\nX-Request-Ie: 8\r\n\r\n";
  ASSERT_EQ(parser.Parse(bytes, kLimits, head), State::kDone);
  EXPECT_EQ(head.fields.Get(KnownField::kXRequestId), "7");
  EXPECT_EQ(head.fields.known(2), KnownField::kOther);
}

}  // namespace
}  // namespace troupe::http
