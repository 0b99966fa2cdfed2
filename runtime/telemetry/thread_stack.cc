#include "runtime/telemetry/thread_stack.h"

#include <execinfo.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "runtime/telemetry/symbol.h"

namespace troupe::telemetry {
namespace {

constexpr int kFramesMax = 32;
// The handler itself and the frame that the kernel makes for it.
constexpr int kFramesOfHandler = 2;

// Written by the handler, which may run when nobody waits any more: it answers only while the
// question still names its thread.
struct Question {
  std::atomic<pid_t> thread{0};
  std::array<void*, kFramesMax> frames{};
  std::atomic<int> count{0};
  sem_t answered;
};

Question& TheQuestion() {
  static Question& question = *[] {
    auto* made = new Question;  // for ever: a handler may run until the very end
    sem_init(&made->answered, 0, 0);
    return made;
  }();
  return question;
}

void OnSignal(int) {
  int saved = errno;
  Question& question = TheQuestion();
  // A signal that comes too late for its question leaves the next one, of another thread, alone.
  pid_t me = static_cast<pid_t>(syscall(SYS_gettid));
  if (question.thread.compare_exchange_strong(me, 0)) {
    question.count = backtrace(question.frames.data(), kFramesMax);
    sem_post(&question.answered);
  }
  errno = saved;
}

void InstallOnce() {
  static const bool installed = [] {
    TheQuestion();
    void* warm_up[1];
    backtrace(warm_up, 1);  // loads what the first call would load
    struct sigaction action {};
    action.sa_handler = &OnSignal;
    action.sa_flags = SA_RESTART;
    return sigaction(SIGURG, &action, nullptr) == 0;
  }();
  static_cast<void>(installed);
}

std::string FrameText(const void* frame) {
  std::string function = FunctionAt(frame);
  if (!function.empty()) return function;
  return absl::StrCat("0x", absl::Hex(reinterpret_cast<uintptr_t>(frame)));
}

}  // namespace

std::vector<std::string> StackOfThread(pid_t thread, absl::Duration patience) {
  static std::mutex one_at_a_time;
  std::lock_guard lock(one_at_a_time);
  InstallOnce();
  Question& question = TheQuestion();
  question.thread = thread;
  if (syscall(SYS_tgkill, getpid(), thread, SIGURG) != 0) {
    question.thread = 0;
    return {};
  }
  timespec until{};
  clock_gettime(CLOCK_REALTIME, &until);
  until = absl::ToTimespec(absl::TimeFromTimespec(until) + patience);
  while (sem_timedwait(&question.answered, &until) != 0) {
    if (errno == EINTR) continue;
    if (question.thread.exchange(0) == thread) return {};  // from now on it does not answer
    sem_wait(&question.answered);                          // it is about to
    break;
  }
  std::vector<std::string> stack;
  for (int i = kFramesOfHandler; i < question.count; ++i) {
    stack.push_back(FrameText(question.frames[static_cast<size_t>(i)]));
  }
  return stack;
}

}  // namespace troupe::telemetry
