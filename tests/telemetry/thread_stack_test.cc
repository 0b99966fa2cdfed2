#include "runtime/telemetry/thread_stack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "runtime/telemetry/thread_id.h"

namespace troupe::telemetry {
namespace {

// A thread that does not take the signal until it is told to, and then spins.
class BusyThread {
 public:
  explicit BusyThread(bool takes_signals) : takes_signals_(takes_signals) {
    while (id_ == 0) std::this_thread::yield();
  }
  ~BusyThread() {
    end_ = true;
    thread_.join();
  }
  pid_t id() const { return id_; }
  void TakeSignals() { takes_signals_ = true; }
  // Whether a signal waits for it.
  bool signal_pending() const {
    std::ifstream status("/proc/self/task/" + std::to_string(id_) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("SigPnd:")) return std::stoull(line.substr(7), nullptr, 16) != 0;
    }
    return false;
  }

 private:
  void Run() {
    sigset_t urgent;
    sigemptyset(&urgent);
    sigaddset(&urgent, SIGURG);
    pthread_sigmask(SIG_BLOCK, &urgent, nullptr);
    id_ = CurrentThread();
    while (!end_) {
      if (takes_signals_) pthread_sigmask(SIG_UNBLOCK, &urgent, nullptr);
      std::this_thread::yield();
    }
  }

  std::atomic<bool> takes_signals_;
  std::atomic<bool> end_{false};
  std::atomic<pid_t> id_{0};
  std::thread thread_{[this] { Run(); }};
};

TEST(ThreadStack, NamesWhatAnotherThreadDoes) {
  BusyThread thread(/*takes_signals=*/true);
  EXPECT_FALSE(StackOfThread(thread.id(), absl::Seconds(30)).empty());
}

TEST(ThreadStack, IsEmptyForAThreadThatDoesNotAnswerOrIsNone) {
  BusyThread thread(/*takes_signals=*/false);
  EXPECT_TRUE(StackOfThread(thread.id(), absl::Milliseconds(1)).empty());
  EXPECT_TRUE(StackOfThread(0x7ffffff0).empty()) << "beyond the kernel's numbers";
}

TEST(ThreadStack, AnAnswerThatComesTooLateDoesNotTakeTheQuestionToAnotherThread) {
  BusyThread late(/*takes_signals=*/false);
  BusyThread asked(/*takes_signals=*/false);
  EXPECT_TRUE(StackOfThread(late.id(), absl::Milliseconds(1)).empty());
  std::vector<std::string> stack;
  std::thread asker([&] { stack = StackOfThread(asked.id(), absl::Seconds(30)); });
  while (!asked.signal_pending()) std::this_thread::yield();
  late.TakeSignals();  // its handler runs now, while the other one's question stands
  while (late.signal_pending()) std::this_thread::yield();
  asked.TakeSignals();
  asker.join();
  EXPECT_FALSE(stack.empty());
}

}  // namespace
}  // namespace troupe::telemetry
