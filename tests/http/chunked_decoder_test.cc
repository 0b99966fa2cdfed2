// What the table of request_cases.cc cannot say: how the decoder gives its data.
#include "runtime/http/chunked_decoder.h"

#include <gtest/gtest.h>

#include <string>

namespace troupe::http {
namespace {

using Event = ChunkedDecoder::Event;

constexpr ChunkedLimits kLimits;

TEST(ChunkedDecoder, GivesDataAsViewsOfItsInput) {
  const std::string bytes = "5\r\nhello\r\n0\r\n\r\n";
  std::string_view input = bytes;
  std::string_view data;
  ChunkedDecoder decoder;
  ASSERT_EQ(decoder.Next(input, data, kLimits), Event::kData);
  EXPECT_EQ(data, "hello");
  EXPECT_EQ(data.data(), bytes.data() + 3);
}

TEST(ChunkedDecoder, GivesWhatIsThereOfAChunk) {
  ChunkedDecoder decoder;
  std::string_view data;
  std::string_view input = "5\r\nhe";
  ASSERT_EQ(decoder.Next(input, data, kLimits), Event::kData);
  EXPECT_EQ(data, "he");
  EXPECT_EQ(decoder.Next(input, data, kLimits), Event::kNeedMore);
  input = "llo\r\n";
  ASSERT_EQ(decoder.Next(input, data, kLimits), Event::kData);
  EXPECT_EQ(data, "llo");
  EXPECT_EQ(decoder.Next(input, data, kLimits), Event::kNeedMore);
  EXPECT_TRUE(input.empty());
}

TEST(ChunkedDecoder, LeavesTheNextRequestInTheInput_Rfc9112_7_1) {
  ChunkedDecoder decoder;
  std::string_view data;
  std::string_view input = "0\r\nA: b\r\n\r\nGET /";
  EXPECT_EQ(decoder.Next(input, data, kLimits), Event::kEnd);
  EXPECT_EQ(input, "GET /");
}

TEST(ChunkedDecoder, IsReadyForTheNextBodyAfterReset) {
  ChunkedDecoder decoder;
  std::string_view data;
  std::string_view input = "3\r\nabcX";
  ASSERT_EQ(decoder.Next(input, data, kLimits), Event::kData);
  ASSERT_EQ(decoder.Next(input, data, kLimits), Event::kRefused);
  ASSERT_EQ(decoder.refusal(), Refusal::kMissingChunkEnd);
  decoder.Reset();
  EXPECT_EQ(decoder.refusal(), Refusal::kNone);
  input = "0\r\n\r\n";
  EXPECT_EQ(decoder.Next(input, data, kLimits), Event::kEnd);
}

}  // namespace
}  // namespace troupe::http
