// Where connections come from: address families, several listeners, proxies in front, and the
// bounds of how many there may be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "tests/server/harness.h"

namespace troupe {
namespace {

using testing::HasSubstr;

constexpr char kTrusted[] = "trusted_proxies=[127.0.0.0/8]";
constexpr char kProxyRequired[] = "http[0].proxy_protocol=REQUIRED";

std::string SocketPath() {
  return testing::TempDir() + "troupe-test-" + std::to_string(getpid()) + ".sock";
}

TEST(Listeners, ServeIpv4AndTheClientsAddressIsKnown) {
  RunningServer server;
  EXPECT_THAT(server.address(), testing::StartsWith("127.0.0.1:"));
  EXPECT_EQ(server.NewClient().Get("/client").body, "127.0.0.1");
}

TEST(Listeners, ServeIpv6) {
  std::unique_ptr<RunningServer> server;
  try {
    server = std::make_unique<RunningServer>(Settings{"http[0].address=[::1]:0"});
  } catch (const std::runtime_error& error) {
    GTEST_SKIP() << "no IPv6 here: " << error.what();
  }
  EXPECT_THAT(server->address(), testing::StartsWith("[::1]:"));
  EXPECT_EQ(server->NewClient().Get("/client").body, "::1");
}

TEST(Listeners, ServeAUnixSocketAndRemoveItAtTheEnd) {
  const std::string path = SocketPath();
  {
    RunningServer server({"http[0].address=unix:" + path, "http[0].unix_mode=0600"});
    Client client = server.NewClient();
    EXPECT_EQ(client.Get("/client").body, "unix");
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
  }
  EXPECT_NE(access(path.c_str(), F_OK), 0) << "the socket file is left behind";
}

// Nothing in such a connection changes until its handler answers; looking at it again and again
// would use the processor whole.
TEST(Listeners, UnixClientThatLeavesMakesNoBusyLoop) {
  RunningServer server({"http[0].address=unix:" + SocketPath()});
  Client client = server.NewClient();
  client.Send(GetRequest("/sleep/500"));
  ASSERT_TRUE(server.Begun(1));
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  client.Close();
  EXPECT_TRUE(server.Connections(0));
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  const auto microseconds = [](const rusage& usage) {
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
  };
  EXPECT_LT(microseconds(after) - microseconds(before), 250'000);
}

TEST(Listeners, AreAllServed) {
  const std::string path = SocketPath();
  RunningServer server({}, R"(
http: [{address: '127.0.0.1:0'}, {address: '127.0.0.2:0'}, {address: 'unix:)" +
                               path + R"('}]
drain: {read: 10ms, timeout: 500ms}
pools: [{name: test, service: test}]
routes: [{path: '/*', pool: test}]
)");
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(server.NewClient(i).Get("/now").status, 200);
}

TEST(Listeners, AddressThatIsTakenIsOneSentenceAndLeavesNothing) {
  RunningServer first;
  const std::string path = SocketPath();
  const int before = OpenDescriptors();
  const std::string yaml = R"(
http: [{address: 'unix:)" + path +
                           R"('}, {address: ')" + first.address() + R"('}]
pools: [{name: test, service: test}]
routes: [{path: '/*', pool: test}]
)";
  try {
    RunningServer second({}, yaml);
    FAIL() << "two servers share an address";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr(first.address() + " is in use by another process"));
  }
  EXPECT_TRUE(Eventually([&] { return OpenDescriptors() == before; }));
  EXPECT_NE(access(path.c_str(), F_OK), 0) << "the other listener's socket file is left behind";
  unlink(path.c_str());
}

TEST(Listeners, StaleUnixSocketIsReplaced) {
  const std::string path = SocketPath();
  {
    RunningServer first({"http[0].address=unix:" + path});
    EXPECT_THROW(RunningServer second({"http[0].address=unix:" + path}), std::runtime_error);
    ASSERT_EQ(link(path.c_str(), (path + ".kept").c_str()), 0);
  }
  ASSERT_EQ(rename((path + ".kept").c_str(), path.c_str()), 0);  // as after a kill
  RunningServer server({"http[0].address=unix:" + path});
  EXPECT_EQ(server.NewClient().Get("/now").status, 200);
}

// --- proxies in front
// -----------------------------------------------------------------------------

std::string ProxyV2(bool local) {
  constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
  constexpr std::string_view kTcp4WithTwelveBytes("\x11\0\x0c", 3);
  constexpr std::string_view kAddresses("\xc0\0\2\7\xc0\0\2\x8\0\x50\0\x51", 12);
  std::string header(kSignature);
  header.append(local ? "\x20" : "\x21");
  return header.append(kTcp4WithTwelveBytes).append(kAddresses);
}

TEST(ProxyProtocol, Version1NamesTheClient) {
  RunningServer server({kTrusted, kProxyRequired});
  Client client = server.NewClient();
  ASSERT_TRUE(client.Send("PROXY TCP4 192.0.2.7 192.0.2.8 80 81\r\n"));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(client.Get("/client").body, "192.0.2.7");
}

TEST(ProxyProtocol, Version2NamesTheClient) {
  RunningServer server({kTrusted, kProxyRequired});
  EXPECT_EQ(server.NewClient().Ask(ProxyV2(false) + GetRequest("/client")).body, "192.0.2.7");
  EXPECT_EQ(server.NewClient().Ask(ProxyV2(true) + GetRequest("/client")).body, "127.0.0.1")
      << "LOCAL: the proxy speaks for itself";
}

TEST(ProxyProtocol, MayBeSplitAnywhere) {
  RunningServer server({kTrusted, kProxyRequired});
  for (const std::string& header :
       {std::string("PROXY TCP4 192.0.2.7 192.0.2.8 80 81\r\n"), ProxyV2(false)}) {
    const std::string bytes = header + GetRequest("/client");
    for (size_t at = 1; at <= header.size(); ++at) {
      Client client = server.NewClient();
      ASSERT_TRUE(client.Send(bytes.substr(0, at)));
      ASSERT_EQ(client.Ask(bytes.substr(at)).body, "192.0.2.7") << "split at " << at;
    }
  }
}

TEST(ProxyProtocol, ConnectionWithoutItIsClosedWithoutAnAnswer) {
  RunningServer server({kTrusted, kProxyRequired});
  Client client = server.NewClient();
  EXPECT_EQ(client.Get("/now").status, 0);
  EXPECT_NE(client.WaitForEnd(), Client::End::kOpen);
  EXPECT_EQ(server.Ledger().accepted, 0u);
}

TEST(ProxyProtocol, IsBelievedOnlyFromTrustedProxies) {
  RunningServer server({"trusted_proxies=[10.0.0.0/8]", kProxyRequired});
  Client client = server.NewClient();
  EXPECT_EQ(client.Ask("PROXY TCP4 192.0.2.7 192.0.2.8 80 81\r\n" + GetRequest("/client")).body,
            "");
  EXPECT_NE(client.WaitForEnd(), Client::End::kOpen);
  EXPECT_EQ(server.Ledger().accepted, 0u);
}

TEST(ProxyProtocol, MustComeInTime) {
  RunningServer server({kTrusted, kProxyRequired, "timeouts.proxy_header=50ms"});
  Client client = server.NewClient();
  ASSERT_TRUE(client.Send("PROXY TC"));
  EXPECT_NE(client.WaitForEnd(), Client::End::kOpen);
}

TEST(TrustedProxies, XForwardedForNamesTheClientOfARequest) {
  RunningServer server({kTrusted});
  Client client = server.NewClient();
  EXPECT_EQ(client.Ask(GetRequest("/client", "X-Forwarded-For: 198.51.100.1, 192.0.2.9\r\n")).body,
            "192.0.2.9");
  EXPECT_EQ(client.Get("/client").body, "127.0.0.1");
}

TEST(TrustedProxies, OthersAreNotBelieved) {
  RunningServer server;
  EXPECT_EQ(server.NewClient().Ask(GetRequest("/client", "X-Forwarded-For: 192.0.2.9\r\n")).body,
            "127.0.0.1");
}

// --- how many
// -------------------------------------------------------------------------------------

TEST(ConnectionLimit, PausesAcceptingAndGoesOnWhenOneLeaves) {
  RunningServer server({"limits.connections_max=2"});
  Client first = server.NewClient();
  Client second = server.NewClient();
  EXPECT_EQ(first.Get("/now").status, 200);
  EXPECT_EQ(second.Get("/now").status, 200);
  Client third = server.NewClient();
  third.Send(GetRequest("/now"));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(first.Get("/sleep/1").status, 200);
  EXPECT_EQ(server.server().connections(), 2);
  EXPECT_FALSE(third.Readable(std::chrono::milliseconds(0)));
  first.Close();
  EXPECT_EQ(third.Read().status, 200);
}

// Takes away the right to open one more descriptor, for as long as it lives.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = dup(0);
    close(next);
    const rlimit none{static_cast<rlim_t>(next), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptorsLeft() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(DescriptorLimit, PausesAcceptingAndGoesOnWhenThereAreSome) {
  RunningServer server;
  Client served = server.NewClient();
  EXPECT_EQ(served.Get("/now").status, 200);
  std::vector<Client> waiting;
  for (int i = 0; i < 4; ++i) waiting.emplace_back(server.address());
  {
    const NoDescriptorsLeft none;
    for (Client& client : waiting) {
      ASSERT_TRUE(client.Connect());
      ASSERT_TRUE(client.Send(GetRequest("/now")));
    }
    for (int i = 0; i < 20; ++i) EXPECT_EQ(served.Get("/sleep/1").status, 200);
    EXPECT_EQ(server.server().connections(), 1);
  }
  for (Client& client : waiting) EXPECT_EQ(client.Read().status, 200);
}

}  // namespace
}  // namespace troupe
