#include "runtime/http/response_writer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace troupe::http {
namespace {

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

// Also checks that nothing beyond the bound is written.
std::string HeadOf(const Response& response, AnswerFraming framing = {}) {
  framing.date = kDate;
  const size_t bound = AnswerHeadSizeBound(response);
  std::string out(bound + 64, '#');
  const char* end = WriteAnswerHead(out.data(), response, framing);
  EXPECT_LE(end, out.data() + bound);
  EXPECT_EQ(out.substr(bound), std::string(64, '#'));
  return out.substr(0, static_cast<size_t>(end - out.data()));
}

TEST(WriteAnswerHead, WritesStatusLineDateTypeAndLength_Rfc9112_4) {
  EXPECT_EQ(HeadOf(Response::Text("hello")),
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 5\r\n"
            "\r\n");
}

TEST(WriteAnswerHead, AnnouncesAnEmptyBodyAndNoTypeWhereThereIsNone) {
  EXPECT_EQ(HeadOf(Response(404)),
            "HTTP/1.1 404 Not Found\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Length: 0\r\n"
            "\r\n");
}

TEST(WriteAnswerHead, WritesFieldsInOrder) {
  const std::string head = HeadOf(Response().AddField("X-A", "1").AddField("X-B", ""));
  EXPECT_NE(head.find("Content-Length: 0\r\nX-A: 1\r\nX-B: \r\n\r\n"), std::string::npos) << head;
}

TEST(WriteAnswerHead, SaysWhatHappensToTheConnection_Rfc9112_9) {
  EXPECT_EQ(HeadOf(Response()).find("Connection"), std::string::npos);
  EXPECT_NE(HeadOf(Response(), {.close = true}).find("\r\nConnection: close\r\n\r\n"),
            std::string::npos);
  EXPECT_NE(HeadOf(Response(), {.keep_alive_1_0 = true}).find("\r\nConnection: keep-alive\r\n\r\n"),
            std::string::npos);
  EXPECT_EQ(HeadOf(Response(), {.close = true, .keep_alive_1_0 = true}).find("keep-alive"),
            std::string::npos);
}

TEST(WriteAnswerHead, AnnouncesNoBodyWhereNoneIsAllowed_Rfc9110_6_4_1) {
  for (int status : {204, 304}) {
    const std::string head = HeadOf(Response::Text("body", status));
    EXPECT_EQ(head.find("Content-"), std::string::npos) << head;
  }
}

TEST(WriteAnswerHead, AnnouncesAnEmptyBodyOf205_Rfc9110_15_3_6) {
  const std::string head = HeadOf(Response::Text("body", 205));
  EXPECT_NE(head.find("Content-Length: 0\r\n"), std::string::npos) << head;
}

TEST(WriteAnswerHead, AnnouncesToHeadWhatGetWouldAnswer_Rfc9110_8_6) {
  EXPECT_NE(HeadOf(Response::Text("body"), {.head_only = true}).find("Content-Length: 4\r\n"),
            std::string::npos);
  EXPECT_EQ(HeadOf(Response::Text(""), {.head_only = true}).find("Content-Length"),
            std::string::npos);
}

TEST(WriteAnswerHead, WritesEveryLength) {
  for (size_t size : {1u, 9u, 10u, 99u, 100u, 12345u, 1000000u}) {
    EXPECT_NE(HeadOf(Response::Text(std::string(size, 'x')))
                  .find("Content-Length: " + std::to_string(size) + "\r\n"),
              std::string::npos);
  }
}

TEST(WriteAnswerHead, StaysWithinItsBoundForEveryStatus) {
  for (int status = 200; status <= 599; ++status) {
    Response response = Response::Text("body", status);
    response.AddField("X-Long", std::string(300, 'v'));
    const std::string head = HeadOf(response, {.keep_alive_1_0 = true});
    const std::string line =
        "HTTP/1.1 " + std::to_string(status) + " " + std::string(ReasonPhrase(status));
    EXPECT_EQ(head.substr(0, head.find('\r')), line);
  }
}

TEST(MayHaveBody, IsFalseForThoseThatEndWithTheirHead) {
  for (int status : {100, 103, 204, 205, 304}) EXPECT_FALSE(MayHaveBody(status)) << status;
  for (int status : {200, 206, 301, 404, 500}) EXPECT_TRUE(MayHaveBody(status)) << status;
}

TEST(ReasonPhrase, IsThatOfTheRegistry) {
  EXPECT_EQ(ReasonPhrase(100), "Continue");
  EXPECT_EQ(ReasonPhrase(200), "OK");
  EXPECT_EQ(ReasonPhrase(413), "Content Too Large");
  EXPECT_EQ(ReasonPhrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(ReasonPhrase(511), "Network Authentication Required");
  EXPECT_EQ(ReasonPhrase(299), "");
  EXPECT_EQ(ReasonPhrase(99), "");
  EXPECT_EQ(ReasonPhrase(600), "");
}

TEST(WriteDate, WritesImfFixdate_Rfc9110_5_6_7) {
  const struct {
    int64_t seconds;
    std::string_view date;
  } cases[] = {
      {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},  {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},  {1735689599, "Tue, 31 Dec 2024 23:59:59 GMT"},
      {1785499200, "Fri, 31 Jul 2026 12:00:00 GMT"},
  };
  for (const auto& test : cases) {
    char date[kDateSize];
    WriteDate(test.seconds, date);
    EXPECT_EQ(std::string_view(date, kDateSize), test.date);
  }
}

}  // namespace
}  // namespace troupe::http
