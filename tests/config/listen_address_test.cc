#include "runtime/config/listen_address.h"

#include <gtest/gtest.h>

namespace troupe::config {
namespace {

TEST(ListenAddress, IsAnIpAddressWithPort) {
  const auto v4 = ParseListenAddress("127.0.0.1:8080");
  ASSERT_TRUE(v4.ok()) << v4.status();
  EXPECT_FALSE(v4->is_unix);
  EXPECT_EQ(v4->ip.ToString(), "127.0.0.1");
  EXPECT_EQ(v4->port, 8080);
  const auto v6 = ParseListenAddress("[::1]:0");
  ASSERT_TRUE(v6.ok()) << v6.status();
  EXPECT_EQ(v6->ip.ToString(), "::1");
  EXPECT_EQ(v6->port, 0);
}

TEST(ListenAddress, OrThePathOfAUnixSocket) {
  const auto address = ParseListenAddress("unix:/run/troupe/http:1.sock");
  ASSERT_TRUE(address.ok()) << address.status();
  EXPECT_TRUE(address->is_unix);
  EXPECT_EQ(address->path, "/run/troupe/http:1.sock");
}

TEST(ListenAddress, OfAUnixSocketFitsWhatTheKernelTakes) {
  EXPECT_TRUE(ParseListenAddress("unix:" + std::string(107, 'x')).ok());
  EXPECT_FALSE(ParseListenAddress("unix:" + std::string(108, 'x')).ok());
  EXPECT_FALSE(ParseListenAddress(std::string("unix:a\0b", 8)).ok());
}

}  // namespace
}  // namespace troupe::config
