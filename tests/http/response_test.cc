#include "runtime/http/response.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace troupe {
namespace {

TEST(Response, IsAnEmpty200ByDefault) {
  const Response response;
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.body(), "");
  EXPECT_EQ(response.content_type(), "");
  EXPECT_TRUE(response.validity().ok());
}

TEST(Response, HasAContentTypeForEachKindOfBody) {
  EXPECT_EQ(Response::Text("a").content_type(), "text/plain; charset=utf-8");
  EXPECT_EQ(Response::Html("a").content_type(), "text/html; charset=utf-8");
  EXPECT_EQ(Response::Json("{}").content_type(), "application/json");
  EXPECT_EQ(Response::Bytes("a", "image/png").content_type(), "image/png");
  EXPECT_EQ(Response::Text("a", 201).status(), 201);
  EXPECT_EQ(Response::Text("a").body(), "a");
}

TEST(Response, KeepsItsContentTypeWhenItIsMoved) {
  Response response = Response::Bytes("a", "image/png");
  const Response moved = std::move(response);
  EXPECT_EQ(moved.content_type(), "image/png");
}

TEST(Response, ACopyIsWholeAndHasFieldsOfItsOwn) {
  Response response = Response::Bytes("a", "image/png", 201);
  response.AddField("X-A", "1");
  Response copy = response;
  response.SetContentType("text/css").AddField("X-B", "2");
  EXPECT_EQ(copy.status(), 201);
  EXPECT_EQ(copy.body(), "a");
  EXPECT_EQ(copy.content_type(), "image/png");
  ASSERT_EQ(copy.fields().size(), 1u);
  EXPECT_EQ(copy.fields()[0].value, "1");
  copy = response;
  EXPECT_EQ(copy.content_type(), "text/css");
  EXPECT_EQ(copy.fields().size(), 2u);
  copy = Response();
  EXPECT_TRUE(copy.fields().empty());
  EXPECT_EQ(copy.content_type(), "");
}

TEST(Response, ClearMakesItAnEmpty200Again) {
  Response response = Response::Bytes("a", "image/png", 201);
  response.AddField("Date", "today").AddField("X-A", "1");
  response.Clear();
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.body(), "");
  EXPECT_EQ(response.content_type(), "");
  EXPECT_TRUE(response.fields().empty());
  EXPECT_TRUE(response.validity().ok());
}

TEST(Response, SetContentTypeReplacesTheOneBefore) {
  Response response = Response::Text("{}");
  EXPECT_EQ(response.SetContentType("application/json").content_type(), "application/json");
  EXPECT_EQ(response.SetContentType("").content_type(), "");
}

TEST(Response, ContentTypeAmongTheFieldsIsTheContentType) {
  Response response = Response::Text("a");
  response.AddField("content-TYPE", "text/css");
  EXPECT_EQ(response.content_type(), "text/css");
  EXPECT_TRUE(response.fields().empty());
}

TEST(Response, KeepsFieldsInOrderAndRepeated) {
  Response response;
  response.AddField("Set-Cookie", "a=1").AddField("Set-Cookie", "b=2").AddField("X-Tab", "a\tb");
  ASSERT_EQ(response.fields().size(), 3u);
  EXPECT_EQ(response.fields()[1].value, "b=2");
  EXPECT_EQ(response.GetField("set-cookie"), "a=1");
  EXPECT_EQ(response.GetField("absent"), "");
  EXPECT_TRUE(response.validity().ok());
}

TEST(Response, RefusesNamesThatAreNoToken_Rfc9110_5_1) {
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a:"), std::string("a\r\n"),
        std::string("a\0", 2), std::string("caf\xc3\xa9")}) {
    EXPECT_EQ(Response().AddField(name, "x").validity().code(), absl::StatusCode::kInvalidArgument)
        << name;
  }
}

TEST(Response, RefusesControlBytesInValues_Rfc9110_5_5) {
  for (const std::string& value :
       {std::string("a\r\nSet-Cookie: b=1"), std::string("a\n"), std::string("\r"),
        std::string("\0", 1), std::string("\x1b[2J"), std::string("\x7f")}) {
    EXPECT_FALSE(Response().AddField("X-A", value).validity().ok()) << value;
    EXPECT_FALSE(Response().SetContentType(value).validity().ok()) << value;
  }
  EXPECT_TRUE(Response().AddField("X-A", "caf\xc3\xa9").validity().ok());
}

TEST(Response, RefusesFieldsThatAreTheRuntimes) {
  for (const char* name :
       {"Content-Length", "transfer-encoding", "CONNECTION", "Keep-Alive", "date"}) {
    Response response;
    response.AddField(name, "1");
    EXPECT_NE(response.validity().message().find(name), absl::string_view::npos) << name;
    EXPECT_TRUE(response.fields().empty());
  }
}

TEST(Response, RefusesAStatusThatIsNoFinalOne) {
  EXPECT_FALSE(Response(199).validity().ok());
  EXPECT_TRUE(Response(200).validity().ok());
  EXPECT_TRUE(Response(599).validity().ok());
  EXPECT_FALSE(Response(600).validity().ok());
  EXPECT_FALSE(Response().SetStatus(100).validity().ok());
}

TEST(Response, ProblemsAreJson_Rfc9457) {
  const Response problem = Response::Problem(404, "There is no \"x\".\n");
  EXPECT_EQ(problem.status(), 404);
  EXPECT_EQ(problem.content_type(), "application/problem+json");
  EXPECT_EQ(problem.body(),
            "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
            "\"detail\":\"There is no \\\"x\\\".\\n\"}\n");
}

TEST(Response, IsMadeOfAStatus) {
  EXPECT_EQ(Response::FromStatus(absl::OkStatus()).status(), 204);
  const Response problem = Response::FromStatus(absl::UnavailableError("Come back later."));
  EXPECT_EQ(problem.status(), 503);
  EXPECT_NE(problem.body().find("Come back later."), std::string::npos);
}

TEST(HttpStatusOf, MapsEveryCode) {
  const struct {
    absl::StatusCode code;
    int status;
  } cases[] = {
      {absl::StatusCode::kInvalidArgument, 400},   {absl::StatusCode::kFailedPrecondition, 400},
      {absl::StatusCode::kOutOfRange, 400},        {absl::StatusCode::kUnauthenticated, 401},
      {absl::StatusCode::kPermissionDenied, 403},  {absl::StatusCode::kNotFound, 404},
      {absl::StatusCode::kAlreadyExists, 409},     {absl::StatusCode::kAborted, 409},
      {absl::StatusCode::kResourceExhausted, 429}, {absl::StatusCode::kUnimplemented, 501},
      {absl::StatusCode::kUnavailable, 503},       {absl::StatusCode::kCancelled, 503},
      {absl::StatusCode::kDeadlineExceeded, 504},  {absl::StatusCode::kInternal, 500},
      {absl::StatusCode::kUnknown, 500},           {absl::StatusCode::kDataLoss, 500},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(HttpStatusOf(absl::Status(test.code, "")), test.status)
        << absl::StatusCodeToString(test.code);
  }
}

}  // namespace
}  // namespace troupe
