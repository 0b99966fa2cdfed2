#include "runtime/reactor/executor.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/telemetry/signal_stack.h"

namespace troupe {

// One thread; in the state's list from its start to its join, or to its end once it was abandoned.
struct Executor::Thread {
  std::thread thread;
  UnitTask* running = nullptr;
  bool abandoned = false;
};

// Shared with the threads: one that hangs beyond Stop still has its queue to return to.
struct Executor::State {
  std::mutex mutex;
  std::condition_variable work;
  std::condition_variable idle;
  std::deque<UnitTask*> queue;                   // each held
  std::set<std::pair<Nanos, UnitTask*>> alarms;  // each held; at most one for a task
  std::list<Thread> threads;
  int threads_running = 0;
  int threads_surplus = 0;  // to end when they are free
  int threads_abandoned = 0;
  bool stopping = false;

  void Loop(Thread& self);
  // All under the lock. Schedule takes over the reference; false: it was not needed, let it go.
  bool Schedule(UnitTask& task);
  // True when there was an alarm; its reference is the caller's then.
  bool Disarm(UnitTask& task);
  void MoveDueTasks(std::vector<UnitTask*>& let_go);
  void WaitForWork(std::unique_lock<std::mutex>& lock);
  bool MayGoOn(const Thread& self) const {
    return !stopping && !self.abandoned && threads_surplus == 0;
  }
  void RunFirst(Thread& self, std::unique_lock<std::mutex>& lock, std::vector<UnitTask*>& let_go);
  void End(Thread& self);
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

bool Executor::State::Disarm(UnitTask& task) {
  if (task.alarm_ == kNever) return false;
  alarms.erase({task.alarm_, &task});
  task.alarm_ = kNever;
  return true;
}

void Executor::State::MoveDueTasks(std::vector<UnitTask*>& let_go) {
  Nanos now = alarms.empty() ? 0 : Clock::System().Steady();
  while (!alarms.empty() && alarms.begin()->first <= now) {
    UnitTask* task = alarms.begin()->second;
    Disarm(*task);
    if (!Schedule(*task)) let_go.push_back(task);
  }
}

void Executor::State::WaitForWork(std::unique_lock<std::mutex>& lock) {
  if (alarms.empty()) {
    work.wait(lock);
  } else {
    work.wait_until(lock, std::chrono::steady_clock::time_point(
                              std::chrono::nanoseconds(alarms.begin()->first)));
  }
}

void Executor::State::Loop(Thread& self) {
  const telemetry::SignalStack signal_stack;
  std::vector<UnitTask*> let_go;  // outside the lock: it may be the last reference
  std::unique_lock lock(mutex);
  while (MayGoOn(self)) {
    MoveDueTasks(let_go);
    if (let_go.empty() && queue.empty()) {
      WaitForWork(lock);
    } else if (let_go.empty()) {
      RunFirst(self, lock, let_go);
    }
    if (let_go.empty()) continue;
    lock.unlock();
    for (UnitTask* task : std::exchange(let_go, {})) task->LetGo();
    lock.lock();
  }
  End(self);
}

void Executor::State::RunFirst(Thread& self, std::unique_lock<std::mutex>& lock,
                               std::vector<UnitTask*>& let_go) {
  UnitTask* task = queue.front();
  queue.pop_front();
  task->queued_ = UnitTask::Queued::kRunning;
  self.running = task;
  // Somebody else must watch the alarms and the rest of the queue meanwhile.
  if (!alarms.empty() || !queue.empty()) work.notify_one();
  lock.unlock();
  UnitTask::Next next = task->RunTurn();
  lock.lock();
  self.running = nullptr;
  bool again =
      next == UnitTask::Next::kAgain ||
      (next == UnitTask::Next::kWait && task->queued_ == UnitTask::Queued::kRunningAndWoken);
  task->queued_ = UnitTask::Queued::kNo;
  if (!again || !Schedule(*task)) let_go.push_back(task);
  // One that is dead is not kept until its alarm.
  if (next == UnitTask::Next::kDone && Disarm(*task)) let_go.push_back(task);
}

// What the thread was woken for is another's to do now.
void Executor::State::End(Thread& self) {
  if (self.abandoned) {
    --threads_abandoned;
    threads.remove_if([&](const Thread& each) { return &each == &self; });
  } else if (!stopping) {
    --threads_surplus;
    self.thread.detach();
    threads.remove_if([&](const Thread& each) { return &each == &self; });
  }
  work.notify_one();
  if (--threads_running == 0) idle.notify_all();
}

Executor::Executor(caf::actor_system& system, const std::string& name, int threads)
    : Unit(&system),
      name_(name.substr(0, 15)),  // the kernel's limit for a thread's name
      state_(std::make_shared<State>()) {
  std::lock_guard lock(state_->mutex);
  for (int i = 0; i < threads; ++i) Launch();
}

// Under the lock.
void Executor::Launch() {
  std::shared_ptr<State> state = state_;
  Thread& self = state->threads.emplace_back();
  try {
    self.thread = std::thread([state, &self] { state->Loop(self); });
  } catch (...) {
    state->threads.pop_back();
    throw;
  }
  ++state->threads_running;
  pthread_setname_np(self.thread.native_handle(), name_.c_str());
}

void Executor::AddThread() {
  std::lock_guard lock(state_->mutex);
  if (state_->threads_surplus > 0) {
    --state_->threads_surplus;
  } else {
    Launch();
  }
}

void Executor::RemoveThread() {
  std::lock_guard lock(state_->mutex);
  ++state_->threads_surplus;
  state_->work.notify_one();
}

bool Executor::Abandon(UnitTask& task) {
  std::lock_guard lock(state_->mutex);
  auto at = std::find_if(state_->threads.begin(), state_->threads.end(),
                         [&](const Thread& each) { return each.running == &task; });
  if (at == state_->threads.end()) return false;
  Launch();  // first: when there is no thread to be had, all stays as it was
  at->abandoned = true;
  at->thread.detach();
  ++state_->threads_abandoned;
  return true;
}

int Executor::abandoned() const {
  std::lock_guard lock(state_->mutex);
  return state_->threads_abandoned;
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
  bool unneeded;  // this reference, or that of the alarm before
  {
    std::lock_guard lock(state_->mutex);
    unneeded = state_->stopping || state_->Disarm(task);
    if (!state_->stopping) {
      task.alarm_ = due;
      state_->alarms.emplace(due, &task);
      state_->work.notify_one();
    }
  }
  if (unneeded) task.LetGo();
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
    for (auto& [due, task] : state_->alarms) dropped.push_back(task);
    state_->queue.clear();
    state_->alarms.clear();
    for (Thread& each : state_->threads) {
      if (each.thread.joinable()) threads.push_back(std::move(each.thread));
    }
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
