#include "runtime/reactor/executor.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace troupe {

// Shared with the threads: one that hangs beyond Stop still has its queue to return to.
struct Executor::State {
  std::mutex mutex;
  std::condition_variable work;
  std::condition_variable idle;
  std::deque<UnitTask*> queue;              // each held
  std::multimap<Nanos, UnitTask*> timers;   // each held
  int threads_running = 0;
  bool stopping = false;
  std::vector<std::thread> threads;

  void Loop();
  void MoveDueTimers();
  void WaitForWork(std::unique_lock<std::mutex>& lock);
};

void Executor::State::MoveDueTimers() {
  Nanos now = Clock::System().Steady();
  while (!timers.empty() && timers.begin()->first <= now) {
    queue.push_back(timers.begin()->second);
    timers.erase(timers.begin());
  }
}

void Executor::State::WaitForWork(std::unique_lock<std::mutex>& lock) {
  if (timers.empty()) {
    work.wait(lock);
  } else {
    work.wait_until(lock, std::chrono::steady_clock::time_point(
                              std::chrono::nanoseconds(timers.begin()->first)));
  }
}

void Executor::State::Loop() {
  std::unique_lock lock(mutex);
  for (;;) {
    MoveDueTimers();
    if (stopping) break;
    if (queue.empty()) {
      WaitForWork(lock);
      continue;
    }
    UnitTask* task = queue.front();
    queue.pop_front();
    lock.unlock();
    UnitTask::Next next = task->RunTurn();
    if (next != UnitTask::Next::kAgain) task->LetGo();
    lock.lock();
    if (next == UnitTask::Next::kAgain) queue.push_back(task);
  }
  if (--threads_running == 0) idle.notify_all();
}

Executor::Executor(caf::actor_system& system, std::string name, int threads)
    : Unit(&system), state_(std::make_shared<State>()) {
  name.resize(std::min<size_t>(name.size(), 15));  // the kernel's limit for a thread's name
  state_->threads_running = threads;
  for (int i = 0; i < threads; ++i) {
    std::shared_ptr<State> state = state_;
    state_->threads.emplace_back([state] { state->Loop(); });
    pthread_setname_np(state_->threads.back().native_handle(), name.c_str());
  }
}

Executor::~Executor() { Stop(); }

void Executor::Wake(UnitTask& task) {
  task.Hold();
  {
    std::lock_guard lock(state_->mutex);
    if (!state_->stopping) {
      state_->queue.push_back(&task);
      state_->work.notify_one();
      return;
    }
  }
  task.LetGo();  // outside the lock: it may be the last reference
}

void Executor::WakeAt(UnitTask& task, Nanos due) {
  task.Hold();
  {
    std::lock_guard lock(state_->mutex);
    if (!state_->stopping) {
      state_->timers.emplace(due, &task);
      state_->work.notify_one();
      return;
    }
  }
  task.LetGo();
}

bool Executor::Stop(Nanos patience) {
  std::vector<UnitTask*> dropped;
  std::vector<std::thread> threads;
  bool ended;
  {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->work.notify_all();
    ended = state_->idle.wait_for(lock, std::chrono::nanoseconds(patience),
                                  [&] { return state_->threads_running == 0; });
    dropped.assign(state_->queue.begin(), state_->queue.end());
    for (auto& [due, task] : state_->timers) dropped.push_back(task);
    state_->queue.clear();
    state_->timers.clear();
    threads.swap(state_->threads);
  }
  for (std::thread& thread : threads) {
    if (ended) {
      thread.join();
    } else {
      thread.detach();
    }
  }
  for (UnitTask* task : dropped) task->LetGo();
  return ended;
}

}  // namespace troupe
