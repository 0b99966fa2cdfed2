#include "runtime/reactor/signals.h"

#include <gtest/gtest.h>

#include <csignal>
#include <vector>

#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

// Signals that are blocked wait for the descriptor; nothing here runs asynchronously.
class SignalsTest : public testing::Test {
 protected:
  SignalsTest() {
    pthread_sigmask(SIG_BLOCK, nullptr, &before_);
    Signals::Block();
  }
  ~SignalsTest() override { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

TEST_F(SignalsTest, AreHandedToTheHandlerOnTheReactor) {
  TestSystem system;
  Reactor reactor(system.system(), {}, nullptr);
  std::vector<int> seen;
  Signals signals(reactor, [&](int signal) {
    EXPECT_TRUE(reactor.OnThread());
    seen.push_back(signal);
  });
  for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
    pthread_kill(pthread_self(), signal);
    reactor.Step();
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back(), signal);
  }
  EXPECT_EQ(seen.size(), 4u);
}

TEST_F(SignalsTest, WritingToAClosedPipeIsAnErrorAndNoSignal) {
  EXPECT_EQ(std::signal(SIGPIPE, SIG_IGN), SIG_IGN);
}

}  // namespace
}  // namespace troupe
