#include "runtime/actors/output_queue.h"

#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <string>

namespace troupe {
namespace {

class OutputQueueTest : public testing::Test {
 protected:
  OutputQueueTest() {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds_), 0);
    int tiny = 1;  // the kernel rounds up to its minimum
    setsockopt(fds_[0], SOL_SOCKET, SO_SNDBUF, &tiny, sizeof(tiny));
  }
  ~OutputQueueTest() override {
    close(fds_[0]);
    if (fds_[1] >= 0) close(fds_[1]);
  }

  OutputQueue::Result Write() { return output.WriteTo(fds_[0], /*closing=*/false); }
  // What has arrived.
  std::string Read() {
    std::string all;
    char piece[4096];
    for (ssize_t size; (size = read(fds_[1], piece, sizeof(piece))) > 0;) {
      all.append(piece, static_cast<size_t>(size));
    }
    return all;
  }
  // Until all is sent, through however many partial writes.
  std::string WriteAndReadAll() {
    std::string all;
    OutputQueue::Result result;
    do {
      result = Write();
      all += Read();
    } while (result == OutputQueue::Result::kBlocked);
    EXPECT_EQ(result, OutputQueue::Result::kAll);
    return all;
  }
  void ClosePeer() { close(std::exchange(fds_[1], -1)); }

  BufferPool buffers{1 << 20};
  OutputQueue output{buffers};

 private:
  int fds_[2];
};

// No two stretches of it are alike.
std::string Pattern(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::string text(size, '\0');
  for (char& each : text) each = static_cast<char>(random());
  return text;
}

TEST_F(OutputQueueTest, SendsWhatWasAppendedInOrder) {
  output.Append("one ");
  output.Append("two ");
  output.AppendBody("three");
  EXPECT_EQ(output.unsent(), 13u);
  EXPECT_EQ(Write(), OutputQueue::Result::kAll);
  EXPECT_EQ(Read(), "one two three");
  EXPECT_TRUE(output.empty());
}

// A packet of its own for the end costs both kernels as much as a system call. Over TCP, for only
// that holds bytes back.
TEST_F(OutputQueueTest, SendsTheLastBytesOfAConnectionTogetherWithItsEnd) {
  const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* name = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(bind(listening, name, size), 0);
  ASSERT_EQ(listen(listening, 1), 0);
  ASSERT_EQ(getsockname(listening, name, &size), 0);
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(connect(client, name, size), 0);
  const int server = accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  ASSERT_GE(server, 0);
  const auto packets = [client] {
    tcp_info info{};
    socklen_t info_size = sizeof(info);
    EXPECT_EQ(getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &info_size), 0);
    return info.tcpi_segs_in;
  };
  char text[16];

  const uint32_t before = packets();
  output.Append("last");
  EXPECT_EQ(output.WriteTo(server, /*closing=*/true), OutputQueue::Result::kAll);
  EXPECT_TRUE(output.empty());
  EXPECT_EQ(shutdown(server, SHUT_WR), 0);
  EXPECT_EQ(recv(client, text, sizeof(text), 0), 4);
  EXPECT_EQ(recv(client, text, sizeof(text), 0), 0);
  EXPECT_EQ(packets() - before, 1u);
  for (const int fd : {listening, client, server}) close(fd);
}

TEST_F(OutputQueueTest, SendsOnlyWhatWasCommittedOfAReservedPiece) {
  char* room = output.Reserve(100);
  std::memcpy(room, "head", 4);
  output.Commit(4);
  output.Append("|next");
  EXPECT_EQ(WriteAndReadAll(), "head|next");
}

TEST_F(OutputQueueTest, SaysThatTheSocketTakesNoMoreAndGoesOnLater) {
  std::string body = Pattern(1 << 20, 1);
  output.AppendBody(std::string(body));
  EXPECT_EQ(Write(), OutputQueue::Result::kBlocked);
  EXPECT_GT(output.sent(), 0u);
  EXPECT_EQ(output.sent() + output.unsent(), body.size());
  EXPECT_EQ(Write(), OutputQueue::Result::kBlocked);
  EXPECT_EQ(WriteAndReadAll(), body);
}

TEST_F(OutputQueueTest, TakesOverALargeBodyWithoutACopy) {
  std::string body = Pattern(1 << 20, 2);
  std::string expected = body;
  output.AppendBody(std::move(body));
  EXPECT_EQ(buffers.borrowed(), 0u);
  EXPECT_EQ(WriteAndReadAll(), expected);
}

TEST_F(OutputQueueTest, MayBeAppendedToBetweenPartialWrites) {
  std::string expected;
  std::string received;
  for (uint32_t i = 0; i < 30; ++i) {
    std::string piece = Pattern(3000 + i, i);
    expected += piece;
    output.Append(piece);
    Write();
    if (i % 3 == 0) received += Read();
  }
  received += WriteAndReadAll();
  EXPECT_EQ(received, expected);
}

TEST_F(OutputQueueTest, KeepsItsPositionsOverItsWholeLife) {
  output.Append("12345");
  EXPECT_EQ(output.appended(), 5u);
  EXPECT_EQ(output.sent(), 0u);
  WriteAndReadAll();
  EXPECT_EQ(output.sent(), 5u);
  output.AppendBody(Pattern(100'000, 3));
  EXPECT_EQ(output.appended(), 100'005u);
  EXPECT_EQ(Write(), OutputQueue::Result::kBlocked);
  uint64_t sent = output.sent();
  EXPECT_EQ(Read().size(), sent - 5);
  WriteAndReadAll();
  EXPECT_EQ(output.sent(), 100'005u);
}

TEST_F(OutputQueueTest, HoldsNoBufferOnceAllIsSent) {
  output.Append("text");
  EXPECT_EQ(buffers.borrowed(), 1u);
  WriteAndReadAll();
  EXPECT_EQ(buffers.borrowed(), 0u);
}

TEST_F(OutputQueueTest, GivesBuffersBackAsTheyAreSent) {
  for (uint32_t i = 0; i < 40; ++i) output.Append(Pattern(16'000, i));
  size_t before = buffers.borrowed();
  Write();
  while (output.sent() < 200'000) {
    Read();
    Write();
  }
  EXPECT_LT(buffers.borrowed(), before);
}

TEST_F(OutputQueueTest, IgnoresAnEmptyBody) {
  output.AppendBody("");
  EXPECT_TRUE(output.empty());
  EXPECT_EQ(buffers.borrowed(), 0u);
  EXPECT_EQ(Write(), OutputQueue::Result::kAll);
}

TEST_F(OutputQueueTest, ReportsABrokenConnectionAndRaisesNoSignal) {
  output.Append("text");
  ClosePeer();
  EXPECT_EQ(Write(), OutputQueue::Result::kError);
  EXPECT_EQ(output.sent(), 0u);
}

TEST_F(OutputQueueTest, ReservesUpTo64KiBInOnePiece) {
  std::string expected = Pattern(10, 1) + Pattern(65536, 2);
  output.Append(Pattern(10, 1));
  std::string large = Pattern(65536, 2);
  std::memcpy(output.Reserve(large.size()), large.data(), large.size());
  output.Commit(large.size());
  EXPECT_EQ(WriteAndReadAll(), expected);
}

TEST_F(OutputQueueTest, SendsAnyMixtureOfPiecesUnchanged) {
  std::mt19937 random(5);
  std::string expected;
  std::string received;
  for (uint32_t i = 0; i < 300; ++i) {
    std::string piece = Pattern(random() % 3 == 0 ? random() % 40'000 : random() % 300, i);
    expected += piece;
    if (random() % 2 == 0) {
      output.AppendBody(std::move(piece));
    } else {
      output.Append(piece);
    }
    ASSERT_EQ(output.appended(), expected.size());
    if (random() % 4 == 0) Write();
    if (random() % 5 == 0) received += Read();
  }
  received += WriteAndReadAll();
  ASSERT_EQ(received.size(), expected.size());
  EXPECT_TRUE(received == expected);
}

}  // namespace
}  // namespace troupe
