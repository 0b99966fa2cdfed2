#include "runtime/reactor/poller.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace troupe {
namespace {

constexpr Nanos kWait = 3'400'000;
constexpr uint64_t kData = 7;

// Empty when `poller` waits as long as it is told to and finds what happens meanwhile.
const char* Problem(Poller& poller) {
  std::array<epoll_event, 4> events;
  const Nanos before = Clock::System().Steady();
  if (poller.Wait(kWait, events) != 0) return "an event where none was";
  if (Clock::System().Steady() - before < kWait) return "woken early";
  if (poller.Wait(0, events) != 0) return "an event where none was, without waiting";

  const int event = eventfd(1, EFD_CLOEXEC);
  poller.Add(event, EPOLLIN, kData);
  for (const Nanos timeout : {kNever, kWait, Nanos{0}}) {
    if (poller.Wait(timeout, events) != 1) return "an event was missed";
    if (events[0].data.u64 != kData || events[0].events != EPOLLIN) return "another event";
  }
  close(event);
  return "";
}

// From here on this process's kernel has no epoll_pwait2, and says so with `error`.
void TakeAwayEpollPwait2(int error) {
  std::array<sock_filter, 4> program = {
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_epoll_pwait2, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{program.size(), program.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
    std::abort();
}

TEST(Poller, WaitsAsLongAsItIsToldAndFindsWhatHappens) {
  EXPECT_STREQ(Problem(*Poller::Epoll()), "");
}

using PollerDeathTest = testing::TestWithParam<int>;

TEST_P(PollerDeathTest, DoesWithoutEpollPwait2WhereTheKernelOrASandboxHasNone) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto wait = [] {
    TakeAwayEpollPwait2(GetParam());
    if (syscall(SYS_epoll_pwait2, -1, nullptr, 0, nullptr, nullptr, 0) != -1 || errno != GetParam())
      std::abort();
    const char* problem = Problem(*Poller::Epoll());
    fputs(problem, stderr);
    exit(*problem == '\0' ? 0 : 1);
  };
  EXPECT_EXIT(wait(), testing::ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(Error, PollerDeathTest, testing::Values(ENOSYS, EPERM));

}  // namespace
}  // namespace troupe
