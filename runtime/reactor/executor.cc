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
  std::deque<UnitTask*> queue;             // each held
  std::multimap<Nanos, UnitTask*> timers;  // each held
  int threads_running = 0;
  bool stopping = false;
  std::vector<std::thread> threads;

  void Loop();
  // All under the lock. Schedule takes over the reference; false: it was not needed, let it go.
  bool Schedule(UnitTask& task);
  void MoveDueTimers(std::vector<UnitTask*>& let_go);
  void WaitForWork(std::unique_lock<std::mutex>& lock);
};

// A task that runs is not queued a second time, or it would run on two threads. It runs again when
// its turn is over.
bool Executor::State::Schedule(UnitTask& task) {
  if (stopping) return false;
  if (task.queued_ == UnitTask::Queued::kNo) {
    task.queued_ = UnitTask::Queued::kYes;
    queue.push_back(&task);
    work.notify_one();
    return true;
  }
  if (task.queued_ == UnitTask::Queued::kRunning) {
    task.queued_ = UnitTask::Queued::kRunningAndWoken;
  }
  return false;
}

void Executor::State::MoveDueTimers(std::vector<UnitTask*>& let_go) {
  Nanos now = timers.empty() ? 0 : Clock::System().Steady();
  while (!timers.empty() && timers.begin()->first <= now) {
    UnitTask* task = timers.begin()->second;
    timers.erase(timers.begin());
    if (!Schedule(*task)) let_go.push_back(task);
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
  std::vector<UnitTask*> let_go;  // outside the lock: it may be the last reference
  std::unique_lock lock(mutex);
  while (!stopping) {
    MoveDueTimers(let_go);
    if (!let_go.empty()) {
      lock.unlock();
      for (UnitTask* task : let_go) task->LetGo();
      let_go.clear();
      lock.lock();
      continue;
    }
    if (queue.empty()) {
      WaitForWork(lock);
      continue;
    }
    UnitTask* task = queue.front();
    queue.pop_front();
    task->queued_ = UnitTask::Queued::kRunning;
    // Somebody else must watch the timers and the rest of the queue meanwhile.
    if (!timers.empty() || !queue.empty()) work.notify_one();
    lock.unlock();
    UnitTask::Next next = task->RunTurn();
    lock.lock();
    bool again =
        next == UnitTask::Next::kAgain ||
        (next == UnitTask::Next::kWait && task->queued_ == UnitTask::Queued::kRunningAndWoken);
    task->queued_ = UnitTask::Queued::kNo;
    if (!again || !Schedule(*task)) let_go.push_back(task);
  }
  if (--threads_running == 0) idle.notify_all();
  lock.unlock();
  for (UnitTask* task : let_go) task->LetGo();
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
  bool taken;
  {
    std::lock_guard lock(state_->mutex);
    taken = state_->Schedule(task);
  }
  if (!taken) task.LetGo();  // outside the lock: it may be the last reference
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
