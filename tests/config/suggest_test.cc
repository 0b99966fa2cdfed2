#include "runtime/config/suggest.h"

#include <gtest/gtest.h>

namespace troupe::config {
namespace {

const std::vector<std::string> kNames = {"delay", "timeout", "read"};

TEST(Closest, IsTheOneWithTheFewestEdits) {
  EXPECT_EQ(Closest("tmeout", kNames), "timeout");
  EXPECT_EQ(Closest("reads", kNames), "read");
  EXPECT_EQ(Closest("Delay", kNames), "delay");
}

TEST(Closest, IsNoneWhenAllAreFar) {
  EXPECT_EQ(Closest("backlog", kNames), "");
  EXPECT_EQ(Closest("timeout", {}), "");
  EXPECT_EQ(Closest(std::string(1000, 'x'), {std::string(1000, 'x')}), "");
}

TEST(Suggestion, ListsWhatIsAllowed) {
  EXPECT_EQ(Suggestion("red", kNames), "did you mean read? allowed: delay, timeout, read");
  EXPECT_EQ(Suggestion("backlog", kNames), "allowed: delay, timeout, read");
  EXPECT_EQ(Suggestion("q", {}), "there are none");
  const std::string many = Suggestion("q", std::vector<std::string>(21, "abcdef"));
  EXPECT_EQ(many.substr(many.size() - 5), ", ...");
}

}  // namespace
}  // namespace troupe::config
