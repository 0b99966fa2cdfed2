#include "runtime/actors/listen_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "runtime/config/defaults.h"

namespace troupe {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

config::v1::Listener ListenerAt(const std::string& address) {
  config::v1::Config config;
  config.add_http()->set_address(address);
  config::ApplyDefaults(config);
  return config.http(0);
}

uint16_t PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.ss_family == AF_INET ? reinterpret_cast<sockaddr_in&>(address).sin_port
                                            : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
}

bool IsListening(int fd) {
  int listening = 0;
  socklen_t size = sizeof(listening);
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening == 1;
}

TEST(BindListener, LetsTheKernelChooseAPortThatAllReactorsShare) {
  absl::StatusOr<BoundListener> bound = BindListener(ListenerAt("127.0.0.1:0"), 3);
  ASSERT_TRUE(bound.ok()) << bound.status();
  ASSERT_EQ(bound->fds.size(), 3u);
  uint16_t port = PortOf(bound->fds[0]);
  EXPECT_NE(port, 0);
  EXPECT_EQ(bound->address, "127.0.0.1:" + std::to_string(port));
  for (int fd : bound->fds) {
    EXPECT_EQ(PortOf(fd), port);
    EXPECT_TRUE(IsListening(fd));
    EXPECT_NE(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_EQ(std::set<int>(bound->fds.begin(), bound->fds.end()).size(), 3u);
}

TEST(BindListener, RefusesAPortThatIsTakenThoughItIsShared) {
  absl::StatusOr<BoundListener> first = BindListener(ListenerAt("127.0.0.1:0"), 1);
  ASSERT_TRUE(first.ok()) << first.status();
  absl::StatusOr<BoundListener> second = BindListener(ListenerAt(first->address), 1);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  std::string message(second.status().message());
  EXPECT_THAT(message, StartsWith("address " + first->address + " is in use"));
  EXPECT_THAT(message, HasSubstr("choose another"));
}

TEST(BindListener, MayTakeAPortAgainThatIsFreeAgain) {
  std::string address;
  {
    absl::StatusOr<BoundListener> first = BindListener(ListenerAt("127.0.0.1:0"), 1);
    ASSERT_TRUE(first.ok()) << first.status();
    address = first->address;
  }
  absl::StatusOr<BoundListener> second = BindListener(ListenerAt(address), 2);
  EXPECT_TRUE(second.ok()) << second.status();
}

TEST(BindListener, ListensOnIPv6Alone) {
  absl::StatusOr<BoundListener> bound = BindListener(ListenerAt("[::1]:0"), 2);
  if (!bound.ok()) GTEST_SKIP() << "this machine has no IPv6: " << bound.status();
  EXPECT_EQ(bound->address, "[::1]:" + std::to_string(PortOf(bound->fds[0])));
  int only = 0;
  socklen_t size = sizeof(only);
  EXPECT_EQ(getsockopt(bound->fds[0], IPPROTO_IPV6, IPV6_V6ONLY, &only, &size), 0);
  EXPECT_EQ(only, 1);
}

TEST(BindListener, SaysWhenAnAddressIsNotOfThisMachine) {
  absl::StatusOr<BoundListener> bound = BindListener(ListenerAt("192.0.2.1:0"), 1);
  ASSERT_FALSE(bound.ok());
  EXPECT_THAT(std::string(bound.status().message()), HasSubstr("is no address of this machine"));
}

TEST(BindListener, SaysWhatIsWrongWithAnAddressThatIsNone) {
  absl::StatusOr<BoundListener> bound = BindListener(ListenerAt("localhost"), 1);
  ASSERT_FALSE(bound.ok());
  EXPECT_FALSE(bound.status().message().empty());
}

class BindUnixListener : public testing::Test {
 protected:
  BindUnixListener() {
    EXPECT_NE(mkdtemp(directory_.data()), nullptr);
    path = directory_ + "/http.sock";
  }
  ~BindUnixListener() override { std::filesystem::remove_all(directory_); }

  absl::StatusOr<BoundListener> Bind(int reactors = 1) {
    return BindListener(ListenerAt("unix:" + path), reactors);
  }
  sockaddr_un Address() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    return address;
  }
  // A socket that somebody else has bound there, and listens on unless it is left over.
  int Occupy(bool listening, int backlog = 10) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_un address = Address();
    EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_TRUE(!listening || listen(fd, backlog) == 0);
    return fd;
  }
  int Connect(int* error) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_un address = Address();
    *error = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
    return fd;
  }

  std::string path;

 private:
  std::string directory_ = testing::TempDir() + "/listen-XXXXXX";
};

TEST_F(BindUnixListener, IsOneSocketForAllReactorsWithTheModeThatWasAsked) {
  absl::StatusOr<BoundListener> bound = Bind(3);
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_EQ(bound->address, "unix:" + path);
  ASSERT_EQ(bound->fds.size(), 3u);
  struct stat first {};
  ASSERT_EQ(fstat(bound->fds[0], &first), 0);
  for (int fd : bound->fds) {
    struct stat info {};
    ASSERT_EQ(fstat(fd, &info), 0);
    EXPECT_EQ(info.st_ino, first.st_ino);
    EXPECT_TRUE(IsListening(fd));
    EXPECT_NE(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0) << "no child process may inherit it";
  }
  struct stat file {};
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0660u);
  int error = 0;
  close(Connect(&error));
  EXPECT_EQ(error, 0);
}

TEST_F(BindUnixListener, RemovesItsFileAtItsEnd) {
  { ASSERT_TRUE(Bind().ok()); }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(BindUnixListener, TakesTheFileThatADeadServerLeftBehind) {
  close(Occupy(/*listening=*/true));
  ASSERT_TRUE(std::filesystem::exists(path));
  absl::StatusOr<BoundListener> bound = Bind();
  ASSERT_TRUE(bound.ok()) << bound.status();
  int error = 0;
  close(Connect(&error));
  EXPECT_EQ(error, 0);
}

TEST_F(BindUnixListener, RefusesThePathOfAServerThatIsAlive) {
  int other = Occupy(/*listening=*/true);
  absl::StatusOr<BoundListener> bound = Bind();
  ASSERT_FALSE(bound.ok());
  EXPECT_THAT(std::string(bound.status().message()), HasSubstr("is in use"));
  EXPECT_TRUE(std::filesystem::exists(path));
  close(other);
}

TEST_F(BindUnixListener, RefusesThePathOfAServerThatIsAliveButBusy) {
  int other = Occupy(/*listening=*/true, /*backlog=*/0);
  std::vector<int> clients;
  int error = 0;
  while (error == 0) clients.push_back(Connect(&error));
  ASSERT_EQ(error, EAGAIN) << "its backlog is full";
  absl::StatusOr<BoundListener> bound = Bind();
  EXPECT_FALSE(bound.ok());
  EXPECT_TRUE(std::filesystem::exists(path));
  for (int fd : clients) close(fd);
  close(other);
}

TEST_F(BindUnixListener, RefusesToReplaceAFileThatIsNoSocket) {
  std::ofstream(path) << "precious";
  absl::StatusOr<BoundListener> bound = Bind();
  ASSERT_FALSE(bound.ok());
  EXPECT_EQ(bound.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(bound.status().message()), HasSubstr("no socket"));
  std::string content;
  std::ifstream(path) >> content;
  EXPECT_EQ(content, "precious");
}

TEST_F(BindUnixListener, SaysWhenItsDirectoryIsMissing) {
  path = "/nonexistent-directory/http.sock";
  absl::StatusOr<BoundListener> bound = Bind();
  ASSERT_FALSE(bound.ok());
  EXPECT_THAT(std::string(bound.status().message()), HasSubstr(path));
}

}  // namespace
}  // namespace troupe
