#include "runtime/reactor/reactor.h"

#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "runtime/telemetry/signal_stack.h"

namespace troupe {
namespace {

thread_local Reactor* current_reactor = nullptr;

// Events and timers are handled in small batches that alternate. Small, because a reading of the
// clock serves a turn, and what other threads sent waits for its end; alternating, because when
// thousands of sleeps end together, the requests that follow the first answers begin at once.
constexpr size_t kEventsPerTurn = 64;
constexpr int kTimersPerTurn = 64;

// What of the next handler's object is fetched ahead, in bytes around the handler: its actor and
// the fields that each request touches.
constexpr int kFetchedBefore = 192;
constexpr int kFetchedAfter = 448;
constexpr int kCacheLine = 64;

class PostedFunction final : public InboxNode {
 public:
  explicit PostedFunction(absl::AnyInvocable<void()> function) : function_(std::move(function)) {}
  void Deliver(Reactor&) override {
    function_();
    delete this;
  }

 private:
  absl::AnyInvocable<void()> function_;
};

void PinToCpus(const std::vector<int>& cpus) {
  if (cpus.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int cpu : cpus) CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof(set), &set);  // checked against the allowed processors at start
}

}  // namespace

// The descriptor that ends epoll's wait when another thread has put something into the inbox.
class Reactor::WakeUp final : public EventHandler {
 public:
  explicit WakeUp(Reactor& reactor)
      : reactor_(reactor), fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    id_ = reactor_.Watch(fd_, EPOLLIN | EPOLLET, *this);
  }
  ~WakeUp() {
    reactor_.Unwatch(id_, fd_);
    close(fd_);
  }
  void Signal() { [[maybe_unused]] int result = eventfd_write(fd_, 1); }
  // Edge-triggered: the counter is never read, each write is an edge of its own.
  void OnEvents(uint32_t) override {}

 private:
  Reactor& reactor_;
  int fd_;
  WatchId id_;
};

Reactor::Reactor(caf::actor_system& system, Options options, telemetry::LedgerCell* ledger_cell,
                 Clock& clock, std::unique_ptr<Poller> poller)
    : Unit(&system),
      options_(std::move(options)),
      clock_(clock),
      poller_(std::move(poller)),
      now_(clock.Steady()),
      timers_(now_),
      buffers_(options_.buffers_kept_bytes),
      exchanges_(*this),
      ledger_cell_(ledger_cell) {
  SyncWallClock();
  wake_up_ = std::make_unique<WakeUp>(*this);
}

Reactor::~Reactor() {
  Reactor* previous = std::exchange(current_reactor, this);
  Settle();
  wake_up_.reset();
  current_reactor = previous;
}

Reactor* Reactor::Current() { return current_reactor; }

void Reactor::Push(InboxNode& node) {
  if (inbox_.Push(&node)) wake_up_->Signal();
}

void Reactor::Post(absl::AnyInvocable<void()> function) {
  Push(*new PostedFunction(std::move(function)));
}

void Reactor::Wake(UnitTask& task) {
  if (task.in_inbox_.exchange(true, std::memory_order_acq_rel)) return;
  task.Hold();
  Push(task);
}

void Reactor::Stop() {
  stopping_.store(true, std::memory_order_release);
  Post([] {});
}

void Reactor::Run() {
  const telemetry::SignalStack signal_stack;
  current_reactor = this;
  PinToCpus(options_.cpus);
  while (!stopping_.load(std::memory_order_acquire)) Step(kNever);
  current_reactor = nullptr;
}

// Delivers what came in after the last turn, and what that set off, but no events: the descriptors'
// owners may be gone.
void Reactor::Settle() {
  constexpr int kRoundsMax = 64;  // nothing new can start, so it ends sooner
  for (int i = 0; i < kRoundsMax && (!inbox_.empty() || ready_head_ != nullptr || !buried_.empty());
       ++i) {
    resumes_left_ = options_.turn_resumes_max;
    inbox_.DeliverAll(*this);
    RunReady();
    EndTurn();
  }
}

void Reactor::Step(Nanos wait_max) {
  Reactor* previous = std::exchange(current_reactor, this);
  std::array<epoll_event, kEventsPerTurn> events;
  int count = poller_->Wait(WaitTime(wait_max), events);
  inbox_.Awake();
  now_ = clock_.Steady();
  if (now_ - wall_synced_ > kNanosPerSecond) SyncWallClock();
  resumes_left_ = options_.turn_resumes_max;
  RunReady();  // what the last turn left
  for (int i = 0; i < count; ++i) {
    if (i + 1 < count) FetchAhead(static_cast<uint32_t>(events[i + 1].data.u64));
    HandleEvent(events[i].data.u64, events[i].events);
    RunReady();
    FlushAll();
  }
  if (!inbox_.empty()) inbox_.DeliverAll(*this);
  timers_.Advance(now_, kTimersPerTurn);
  RunReady();
  FlushAll();
  EndTurn();
  current_reactor = previous;
}

Nanos Reactor::WaitTime(Nanos wait_max) {
  if (wait_max == 0 || ready_head_ != nullptr || !inbox_.empty()) return 0;
  Nanos now = clock_.Steady();
  Nanos wait = std::min(wait_max, timers_.TimeToNext(now));
  // From here on a producer signals; what came in before is seen by PrepareSleep.
  return wait == 0 || inbox_.PrepareSleep() ? wait : 0;
}

// With many connections the next one is in no cache; it comes while this one is served.
void Reactor::FetchAhead(uint32_t slot) const {
  if (slot >= watches_.size() || watches_[slot].handler == nullptr) return;
  const char* handler = reinterpret_cast<const char*>(watches_[slot].handler);
  for (int at = -kFetchedBefore; at < kFetchedAfter; at += kCacheLine)
    __builtin_prefetch(handler + at);
}

void Reactor::HandleEvent(uint64_t data, uint32_t events) {
  uint32_t slot = static_cast<uint32_t>(data);
  // A generation of its own for each use of a slot: an event queued for a closed descriptor is
  // recognised.
  if (slot >= watches_.size() || watches_[slot].generation != data >> 32) return;
  if (watches_[slot].handler != nullptr) watches_[slot].handler->OnEvents(events);
}

void Reactor::Ready(UnitTask& task) {
  if (task.ready_) return;
  task.ready_ = true;
  task.ready_next_ = nullptr;
  *ready_tail_ = &task;
  ready_tail_ = &task.ready_next_;
}

void Reactor::RunReady() {
  while (ready_head_ != nullptr && resumes_left_ > 0) {
    --resumes_left_;
    UnitTask& task = *ready_head_;
    ready_head_ = task.ready_next_;
    if (ready_head_ == nullptr) ready_tail_ = &ready_head_;
    task.ready_ = false;
    if (task.RunTurn() == UnitTask::Next::kAgain) Ready(task);
  }
}

void Reactor::FlushSoon(FlushNode& node) {
  if (node.flush_queued_) return;
  node.flush_queued_ = true;
  node.flush_next_ = flush_head_;
  flush_head_ = &node;
}

void Reactor::CancelFlush(FlushNode& node) {
  if (!node.flush_queued_) return;
  for (FlushNode** link = &flush_head_; *link != nullptr; link = &(*link)->flush_next_) {
    if (*link != &node) continue;
    *link = node.flush_next_;
    break;
  }
  node.flush_queued_ = false;
}

void Reactor::FlushAll() {
  while (flush_head_ != nullptr) {
    FlushNode& node = *flush_head_;
    flush_head_ = node.flush_next_;
    node.flush_queued_ = false;
    node.Flush();
  }
}

void Reactor::Bury(UnitTask& task) {
  task.buried_ = true;
  buried_.push_back(&task);
}

void Reactor::WakeAt(UnitTask&, Nanos) {
  throw std::logic_error("tasks on a reactor arm its timers themselves");
}

void Reactor::EndTurn() {
  if (exchanges_.TakeChanged() && ledger_cell_ != nullptr)
    ledger_cell_->Publish(exchanges_.record());
  if (buried_.empty()) return;
  // One that is still queued as ready must wait until the queue has passed it.
  auto keep = std::partition(buried_.begin(), buried_.end(),
                             [](const UnitTask* task) { return task->ready_; });
  std::vector<UnitTask*> dead(keep, buried_.end());
  buried_.erase(keep, buried_.end());
  for (UnitTask* task : dead) task->LetGo();
}

Reactor::WatchId Reactor::Watch(int fd, uint32_t events, EventHandler& handler) {
  uint32_t slot;
  if (free_watches_.empty()) {
    slot = static_cast<uint32_t>(watches_.size());
    watches_.emplace_back();
  } else {
    slot = free_watches_.back();
    free_watches_.pop_back();
  }
  watches_[slot].handler = &handler;
  WatchId id = uint64_t{watches_[slot].generation} << 32 | slot;
  if (poller_->Add(fd, events, id)) return id;
  watches_[slot].handler = nullptr;
  free_watches_.push_back(slot);
  return 0;
}

void Reactor::Rewatch(WatchId id, int fd, uint32_t events) { poller_->Modify(fd, events, id); }

void Reactor::Unwatch(WatchId id, int fd) {
  if (id == 0) return;
  poller_->Remove(fd);
  Forget(id);
}

void Reactor::Forget(WatchId id) {
  if (id == 0) return;
  uint32_t slot = static_cast<uint32_t>(id);
  watches_[slot].handler = nullptr;
  if (++watches_[slot].generation == 0) watches_[slot].generation = 1;
  free_watches_.push_back(slot);
}

void Reactor::SyncWallClock() {
  wall_synced_ = now_;
  unix_minus_steady_ = absl::ToUnixNanos(clock_.Wall()) - now_;
  date_ends_ = now_;
}

void Reactor::MakeDate() {
  int64_t second = UnixNanos(now_) / kNanosPerSecond;
  http::WriteDate(second, date_);
  date_ends_ = (second + 1) * kNanosPerSecond - unix_minus_steady_;
}

}  // namespace troupe
