// One thread with one epoll loop, and all the actors pinned to it: connections, REACTOR workers,
// listeners. The parts an actor may borrow while it runs (timers, buffers, exchanges) belong to it
// and need no lock.
//
// Threads: Run and Step are the loop. Push, Post, Wake and Stop may be called from any thread; all
// else only on the loop's thread, or before it starts and after it has ended. The reactor outlives
// every actor pinned to it.
//
// One turn: wait for events; for each event let its handler run, then the tasks it made ready, then
// the writes they caused (so a request that is answered at once is read, handled and written while
// its bytes are in the cache); then what other threads sent; then timers. Of events and timers a
// turn takes a bounded number. What dies in a turn is freed at its end.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "runtime/http/response_writer.h"
#include "runtime/reactor/buffer_pool.h"
#include "runtime/reactor/clock.h"
#include "runtime/reactor/exchange_slab.h"
#include "runtime/reactor/inbox.h"
#include "runtime/reactor/poller.h"
#include "runtime/reactor/timer_wheel.h"
#include "runtime/reactor/unit.h"
#include "runtime/telemetry/ledger.h"

namespace troupe {

// Called with what epoll reported for a watched descriptor.
class EventHandler {
 public:
  virtual void OnEvents(uint32_t events) = 0;

 protected:
  ~EventHandler() = default;
};

// Something to write once everything that is ready in this step has run: one send for many answers.
class FlushNode {
 public:
  virtual void Flush() = 0;

 protected:
  ~FlushNode() = default;

 private:
  friend class Reactor;
  FlushNode* flush_next_ = nullptr;
  bool flush_queued_ = false;
};

class Reactor final : public Unit {
 public:
  struct Options {
    int index = 0;
    std::string name = "reactor";
    int turn_resumes_max = 1024;  // resumptions of one turn, then epoll again
    size_t buffers_kept_bytes = 8 << 20;
    std::vector<int> cpus;  // affinity; empty: any
  };

  // Names one watched descriptor; 0 is none. Stale ids are recognised.
  using WatchId = uint64_t;

  // `ledger_cell` is where its record is published; may be null, else outlives it.
  Reactor(caf::actor_system& system, Options options, telemetry::LedgerCell* ledger_cell,
          Clock& clock = Clock::System(), std::unique_ptr<Poller> poller = Poller::Epoll());
  ~Reactor() override;

  int index() const { return options_.index; }
  // The reactor that runs on this thread, or null.
  static Reactor* Current();

  // --- any thread -------------------------------------------------------------------------------
  void Push(InboxNode& node);
  // Runs `function` on the loop's thread.
  void Post(absl::AnyInvocable<void()> function);
  void Wake(UnitTask& task) override;
  void Stop();

  // --- the loop ---------------------------------------------------------------------------------
  // Turns until Stop.
  void Run();
  // One turn; waits for events up to `wait_max`. For tests, on the thread that calls it.
  void Step(Nanos wait_max = 0);

  // After the loop has ended: delivers what has been pushed since, without looking at descriptors.
  // The destructor does it too.
  void Settle();

  // --- its thread -------------------------------------------------------------------------------
  bool OnThread() const override { return Current() == this; }
  void Ready(UnitTask& task) override;
  void WakeAt(UnitTask& task, Nanos due) override;
  void Bury(UnitTask& task) override;

  // 0 with errno set when the kernel has no room. The handler must Unwatch or Forget before it
  // dies.
  WatchId Watch(int fd, uint32_t events, EventHandler& handler);
  void Rewatch(WatchId id, int fd, uint32_t events);
  void Unwatch(WatchId id, int fd);
  void Forget(
      WatchId id);  // the same for a descriptor that is closed next, which saves a system call

  void FlushSoon(FlushNode& node);
  void CancelFlush(FlushNode& node);

  Nanos now() const { return now_; }                   // of this turn
  Nanos ReadClock() const { return clock_.Steady(); }  // for what is measured; costs a call
  int64_t UnixNanos(Nanos steady) const { return steady + unix_minus_steady_; }
  absl::Time WallTime(Nanos steady) const { return absl::FromUnixNanos(UnixNanos(steady)); }
  // IMF-fixdate, made once a second.
  std::string_view date() {
    if (now_ >= date_ends_) MakeDate();
    return {date_, sizeof(date_)};
  }
  TimerWheel& timers() { return timers_; }
  BufferPool& buffers() { return buffers_; }
  ExchangeSlab& exchanges() { return exchanges_; }

 private:
  struct WatchSlot {
    EventHandler* handler = nullptr;
    uint32_t generation = 1;
  };
  class WakeUp;

  Nanos WaitTime(Nanos wait_max);
  void HandleEvent(uint64_t data, uint32_t events);
  void FetchAhead(uint32_t slot) const;
  void RunReady();
  void FlushAll();
  void EndTurn();
  void SyncWallClock();
  void MakeDate();

  const Options options_;
  Clock& clock_;
  std::unique_ptr<Poller> poller_;
  Nanos now_;
  Nanos wall_synced_ = 0;
  Nanos unix_minus_steady_ = 0;
  char date_[http::kDateSize];
  Nanos date_ends_ = 0;  // when its second is over

  UnitTask* ready_head_ = nullptr;
  UnitTask** ready_tail_ = &ready_head_;
  FlushNode* flush_head_ = nullptr;
  int resumes_left_ = 0;
  TimerWheel timers_;
  BufferPool buffers_;
  ExchangeSlab exchanges_;
  std::vector<WatchSlot> watches_;
  std::vector<uint32_t> free_watches_;
  std::vector<UnitTask*> buried_;
  telemetry::LedgerCell* const ledger_cell_;

  Inbox inbox_;
  std::unique_ptr<WakeUp> wake_up_;
  std::atomic<bool> stopping_{false};
};

}  // namespace troupe
