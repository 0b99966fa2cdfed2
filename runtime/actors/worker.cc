#include "runtime/actors/worker.h"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/reactor/reactor.h"
#include "runtime/telemetry/log.h"

namespace troupe {
namespace {

// Longer sleeps end with the request's deadline anyway; this keeps the arithmetic within its range.
constexpr absl::Duration kSleepMax = absl::Hours(24 * 365);
// How often, and off the reactor for how long, a worker takes more work before its turn ends.
constexpr int kRoundsPerTurn = 64;
constexpr Nanos kTurnMax = 5 * kNanosPerMilli;

}  // namespace

// One suspended Sleep: its timer, and the exchange it belongs to.
class Worker::Sleeper final : public Waiter, public TimerNode {
 public:
  explicit Sleeper(Worker& worker) : worker_(worker) {}
  Exchange* exchange = nullptr;

 private:
  void OnTimer() override { worker_.OnSleepOver(*this); }
  Worker& worker_;
};

Worker::Worker(caf::actor_config& config, Unit& unit, Pool& pool, WorkSource& source)
    : LeanActor(config, unit),
      pool_(pool),
      source_(source),
      reactor_(dynamic_cast<Reactor*>(&unit)),
      id_(pool.NextWorkerId()),
      own_timers_(reactor_ != nullptr ? nullptr
                                      : std::make_unique<TimerWheel>(Clock::System().Steady())),
      timers_(reactor_ != nullptr ? reactor_->timers() : *own_timers_) {}

Worker::~Worker() = default;

void Worker::TellCancelled(const Exchange* exchange, uint64_t id) {
  enqueue(caf::mailbox_element_ptr(new Cancel(exchange, id)), nullptr);
}

void Worker::OnMessage(Message& message) {
  switch (message.kind()) {
    case Message::Kind::kWork:
      TakeUp(std::move(static_cast<Work&>(message).exchanges));
      break;
    case Message::Kind::kCancel: {
      const auto& cancel = static_cast<const Cancel&>(message);
      CancelIfHeld(cancel.exchange, cancel.id);
      break;
    }
    case Message::Kind::kWorkerControl:
      if (static_cast<const WorkerControl&>(message).command == WorkerControl::Command::kStart) {
        Start();
      } else {
        Drain();
      }
      break;
    case Message::Kind::kDone:
      break;  // not for workers
  }
  // At the end of each message, not of the turn: off the reactor somebody may be waiting for it
  // already.
  Report();
}

void Worker::OnTurnBegin() {
  if (own_timers_ == nullptr) return;
  turn_began_ = NowNanos();
  own_timers_->Advance(turn_began_);
  Report();
}

void Worker::OnTurnEnd() {
  if (own_timers_ == nullptr) return;
  Nanos now = NowNanos();
  Nanos wait = own_timers_->TimeToNext(now);
  if (wake_armed_ <= now) wake_armed_ = kNever;
  if (wait == kNever || now + wait >= wake_armed_) return;
  wake_armed_ = now + wait;
  unit().WakeAt(*this, wake_armed_);
}

void Worker::OnExit() {
  source_.Leave(*this);
  // Frames die here, on the worker's own turn; what they held comes home unanswered.
  for (Exchange* exchange : std::exchange(suspended_, {})) {
    exchange->context.task = {};
    exchange->failure = telemetry::Cause::kHandlerDropped;
    SendHome(ExchangeHandle(exchange));
  }
  SendDone();
  std::unique_ptr<Service> service = std::move(service_);  // dies here, also when Stop throws
  if (!started_) return;
  pool_.CountRunning(-1);
  service->Stop();
}

Nanos Worker::NowNanos() {
  return reactor_ != nullptr ? reactor_->now() : Clock::System().Steady();
}

absl::Time Worker::Now() {
  return reactor_ != nullptr ? reactor_->WallTime(reactor_->now()) : Clock::System().Wall();
}

Waiter* Worker::Arm(Context& context, std::coroutine_handle<> frame, absl::Duration after) {
  std::unique_ptr<Sleeper> sleeper;
  if (spare_sleepers_.empty()) {
    sleeper = std::make_unique<Sleeper>(*this);
  } else {
    sleeper = std::move(spare_sleepers_.back());
    spare_sleepers_.pop_back();
  }
  sleeper->frame = frame;
  sleeper->context = &context;
  sleeper->exchange = running_;
  sleeper->result = absl::OkStatus();
  context.set_waiting(sleeper.get());
  timers_.Arm(*sleeper, NowNanos() + absl::ToInt64Nanoseconds(std::min(after, kSleepMax)));
  return sleeper.release();  // Disarm takes it back
}

void Worker::Disarm(Waiter* waiter) {
  std::unique_ptr<Sleeper> sleeper(static_cast<Sleeper*>(waiter));
  sleeper->Disarm();
  sleeper->context->set_waiting(nullptr);
  spare_sleepers_.push_back(std::move(sleeper));
}

void Worker::Start() {
  ServiceOptions options(pool_.spec().options);
  absl::StatusOr<std::unique_ptr<Service>> service = pool_.entry().make(options);
  absl::Status status = service.status();
  if (status.ok()) {
    service_ = *std::move(service);
    service_->Mount(routes_);
    status = service_->Start();
  }
  if (!status.ok()) {
    throw std::runtime_error(absl::StrCat("the service does not start: ", status.message()));
  }
  started_ = true;
  pool_.CountRunning(1);
  source_.Join(*this);
}

void Worker::Drain() {
  draining_ = true;
  source_.Leave(*this);
  if (suspended_.empty()) Quit();
}

void Worker::TakeUp(ExchangeList exchanges) {
  while (!exchanges.empty()) Begin(exchanges.Pop());
}

void Worker::Begin(ExchangeHandle handle) {
  Exchange& exchange = *handle;
  if (exchange.cancelled.load(std::memory_order_relaxed) || !started_) {
    ++finished_;  // dropped: it comes home not begun
    return;
  }
  exchange.begun = true;
  exchange.begun_at = NowNanos();
  running_ = handle.release();
  try {
    exchange.context.Bind(this);
    exchange.context.task = routes_.routes()[exchange.handler].handler->Call(exchange.context);
    if (exchange.context.task.valid()) {
      exchange.context.task.Start();
      if (!exchange.context.task.done()) {
        suspended_.insert(&exchange);
        running_ = nullptr;
        return;
      }
    }
    Finish(exchange);
  } catch (...) {
    Fail(exchange, telemetry::Cause::kHandlerThrew, WhatIsThrown());
  }
  running_ = nullptr;
}

void Worker::OnSleepOver(Sleeper& sleeper) {
  if (reactor_ == nullptr) {
    Resume(sleeper, absl::OkStatus());
    return;
  }
  Turn([&] {
    Resume(sleeper, absl::OkStatus());
    Report();
  });
}

void Worker::Resume(Sleeper& sleeper, absl::Status result) {
  Exchange& exchange = *sleeper.exchange;
  running_ = &exchange;
  sleeper.result = std::move(result);
  sleeper.frame.resume();  // its awaiter disarms the sleeper
  if (exchange.context.task.done()) {
    suspended_.erase(&exchange);
    try {
      Finish(exchange);
    } catch (...) {
      Fail(exchange, telemetry::Cause::kHandlerThrew, WhatIsThrown());
    }
  }
  running_ = nullptr;
}

void Worker::CancelIfHeld(const Exchange* exchange, uint64_t id) {
  auto held = suspended_.find(const_cast<Exchange*>(exchange));
  if (held == suspended_.end() || (*held)->data.id != id) return;
  Context& context = (*held)->context;
  context.set_cancelled();
  if (context.waiting() != nullptr) {
    Resume(static_cast<Sleeper&>(*context.waiting()),
           absl::CancelledError("the request was cancelled"));
  }
}

// Throws what the coroutine threw.
void Worker::Finish(Exchange& exchange) {
  if (exchange.context.task.valid()) TakeAnswer(exchange.context);
  if (absl::Status valid = exchange.context.response.validity(); !valid.ok()) {
    Fail(exchange, telemetry::Cause::kInvalidResponse, std::string(valid.message()));
    return;
  }
  exchange.answered = true;
  ++finished_;
  SendHome(ExchangeHandle(&exchange));
}

void Worker::Fail(Exchange& exchange, telemetry::Cause cause, std::string text) {
  telemetry::LogError(absl::StrCat("pool ", pool_.spec().name),
                      absl::StrCat("worker ", id_, " failed a request (",
                                   std::string(telemetry::InfoOf(cause).name), "): ", text));
  exchange.context.task = {};
  exchange.failure = cause;
  exchange.failure_text = std::move(text);
  ++finished_;
  SendHome(ExchangeHandle(&exchange));
}

void Worker::SendHome(ExchangeHandle handle) {
  handle->ended_at = NowNanos();
  bool here = reactor_ != nullptr && &handle->home() == reactor_;
  caf::abstract_actor* connection = here ? handle->connection : nullptr;
  if (!here && handle->connection_reference) connection = handle->connection_reference->get();
  if (connection == nullptr) return;  // the client is gone; dropping the handle takes it home
  if (done_to_ != connection) {
    SendDone();
    done_.reset(Done::Make());
    done_to_ = connection;
    if (!here) done_to_reference_ = handle->connection_reference;
  }
  static_cast<Done&>(*done_).exchanges.Push(std::move(handle));
}

void Worker::SendDone() {
  if (done_to_ == nullptr) return;
  std::exchange(done_to_, nullptr)->enqueue(std::move(done_), &unit());
  done_to_reference_ = nullptr;
}

void Worker::Report() {
  for (int rounds = 0; finished_ > 0 && !quitting(); ++rounds) {
    SendDone();
    if (rounds > 0 && TurnIsLong(rounds)) {
      // Cancellations, timers and the end of the worker wait in the mailbox: go on in another turn.
      enqueue(caf::mailbox_element_ptr(Work::Make()), &unit());
      return;
    }
    TakeUp(source_.Finished(*this, std::exchange(finished_, 0)));
  }
  SendDone();
  if (draining_ && suspended_.empty()) Quit();
}

bool Worker::TurnIsLong(int rounds) {
  return rounds >= kRoundsPerTurn || (reactor_ == nullptr && NowNanos() - turn_began_ > kTurnMax);
}

}  // namespace troupe
