#include "runtime/actors/worker.h"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/actors/proto_time.h"
#include "runtime/actors/snapshot.h"
#include "runtime/reactor/reactor.h"
#include "runtime/telemetry/log.h"
#include "runtime/telemetry/thread_id.h"

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

Worker::Worker(caf::actor_config& config, Unit& unit, Pool& pool, WorkSource& source, Origin origin)
    : LeanActor(config, unit),
      pool_(pool),
      source_(source),
      reactor_(dynamic_cast<Reactor*>(&unit)),
      pulls_(source.pulled()),
      id_(pool.NextWorkerId()),
      origin_(origin),
      own_timers_(reactor_ != nullptr ? nullptr
                                      : std::make_unique<TimerWheel>(Clock::System().Steady())),
      timers_(reactor_ != nullptr ? reactor_->timers() : *own_timers_),
      in_hand_(pool.spec().name, id_, origin.started) {}

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
      switch (static_cast<const WorkerControl&>(message).command) {
        case WorkerControl::Command::kStart:
          Start();
          break;
        case WorkerControl::Command::kDrain:
          Drain();
          break;
        case WorkerControl::Command::kCancelAll:
          CancelAll();
          break;
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
  if (own_timers_ != nullptr) {
    turn_began_ = NowNanos();
    in_hand_.set_thread(telemetry::CurrentThread());
    own_timers_->Advance(turn_began_);
  }
  if (pulls_ || ended_.any()) Report();
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
  const telemetry::InHand::Errand errand(in_hand_, telemetry::InHand::Stage::kStopping);
  source_.Leave(*this);
  // Frames die here, on the worker's own turn; what they held comes home unanswered.
  for (Exchange* exchange : std::exchange(suspended_, {})) {
    exchange->context.task = {};
    if (exchange->failure == telemetry::Cause::kNone) {
      exchange->failure = telemetry::Cause::kHandlerDropped;
    }
    SendHome(ExchangeHandle(exchange));
  }
  SendDone();
  std::unique_ptr<Service> service = std::move(service_);  // dies here, also when Stop throws
  if (!started_) return;
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
  in_hand_.set_thread(telemetry::CurrentThread());
  const telemetry::InHand::Errand errand(in_hand_, telemetry::InHand::Stage::kStarting);
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
  source_.Join(*this);
}

void Worker::Drain() {
  if (started_ && !draining_) source_.Drain(*this);
  draining_ = true;
  if (suspended_.empty()) Quit();
}

// The time for the drain is over: what is suspended dies with the worker and is answered so.
void Worker::CancelAll() {
  for (Exchange* exchange : suspended_) exchange->failure = telemetry::Cause::kDrainTimeout;
  Quit();
}

Worker::Activity Worker::activity() const {
  Activity activity;
  // Whoever sees that it is busy also sees with what, or with what since.
  activity.since = in_hand_.since();
  activity.hung_at = hung_at_.load(std::memory_order_relaxed);
  activity.request = in_hand_.request();
  activity.handler = busy_handler_.load(std::memory_order_relaxed);
  activity.thread = in_hand_.thread();
  return activity;
}

void Worker::Enter(Exchange& exchange, Nanos now) {
  running_ = &exchange;
  busy_handler_.store(exchange.handler, std::memory_order_relaxed);
  hung_at_.store(pool_.HangAt(exchange, now), std::memory_order_relaxed);
  in_hand_.Begin(exchange.data.id, exchange.data.head,
                 exchange.route == nullptr ? nullptr : &exchange.route->pattern, now);
}

void Worker::LeaveHandler() {
  running_ = nullptr;
  in_hand_.End();
}

void Worker::TakeUp(ExchangeList exchanges) {
  while (!exchanges.empty() && !quitting()) Begin(exchanges.Pop());
}

void Worker::Begin(ExchangeHandle handle) {
  Exchange& exchange = *handle;
  if (exchange.cancelled.load(std::memory_order_relaxed) || !started_) {
    ++ended_.dropped;  // it comes home not begun
    return;
  }
  exchange.begun = true;
  exchange.begun_at = NowNanos();
  Enter(*handle.release(), exchange.begun_at);
  try {
    exchange.context.Bind(this);
    exchange.context.task = routes_.routes()[exchange.handler].handler->Call(exchange.context);
    if (exchange.context.task.valid()) {
      exchange.context.task.Start();
      if (!exchange.context.task.done()) {
        suspended_.insert(&exchange);
        LeaveHandler();
        return;
      }
    }
    Finish(exchange);
  } catch (...) {
    FailThrown(exchange);
  }
  LeaveHandler();
}

void Worker::OnSleepOver(Sleeper& sleeper) {
  if (reactor_ == nullptr) {
    Resume(sleeper, absl::OkStatus());
    SendDone();  // the next one of this turn may take long, or hang
    return;
  }
  Turn([&] {
    Resume(sleeper, absl::OkStatus());
    Report();
  });
}

void Worker::Resume(Sleeper& sleeper, absl::Status result) {
  Exchange& exchange = *sleeper.exchange;
  Enter(exchange, NowNanos());
  sleeper.result = std::move(result);
  sleeper.frame.resume();  // its awaiter disarms the sleeper
  if (exchange.context.task.done()) {
    suspended_.erase(&exchange);
    try {
      Finish(exchange);
    } catch (...) {
      FailThrown(exchange);
    }
  }
  LeaveHandler();
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
  Count(exchange);
  SendHome(ExchangeHandle(&exchange));
}

void Worker::Count(Exchange& exchange) {
  Nanos now = NowNanos();
  exchange.ended_at = now;
  ++ended_.count;
  ended_.timed_out += now > exchange.deadline ? 1 : 0;
  ended_.service_time += now - exchange.begun_at;
  ended_.time_in_pool += now - exchange.admitted_at;
  uint64_t served = served_.load(std::memory_order_relaxed);
  served_.store(served + 1, std::memory_order_relaxed);
  last_served_[served % kServedKept] = {exchange.handler, exchange.context.response.status(),
                                        exchange.begun_at, now};
}

// In a catch block.
void Worker::FailThrown(Exchange& exchange) {
  std::string text = WhatIsThrown();
  RecordCrash(exchange, TypeOfThrown(), text);
  if (pool_.restart_on_throw()) {
    pool_.quarantine().OnKill(exchange);
    Quit(caf::make_error(caf::sec::runtime_error, text));
  }
  Fail(exchange, telemetry::Cause::kHandlerThrew, std::move(text));
}

void Worker::Fail(Exchange& exchange, telemetry::Cause cause, std::string text) {
  telemetry::LogError(absl::StrCat("pool ", pool_.spec().name),
                      absl::StrCat("worker ", id_, " failed a request (",
                                   std::string(telemetry::InfoOf(cause).name), "): ", text));
  exchange.context.task = {};
  exchange.failure = cause;
  exchange.failure_text = std::move(text);
  Count(exchange);
  SendHome(ExchangeHandle(&exchange));
}

void Worker::RecordCrash(const Exchange& exchange, const std::string& type,
                         const std::string& text) {
  admin::v1::Crash crash;
  crash.set_kind(admin::v1::Crash::EXCEPTION);
  crash.set_exception_type(type);
  crash.set_exception_text(text);
  // Else its supervisor decides.
  if (!pool_.restart_on_throw()) crash.set_decision(admin::v1::Crash::KEEP);
  Describe(crash);
  pool_.crashes().Describe(exchange, crash);
  pool_.crashes().Add(std::move(crash));
}

void Worker::SendHome(ExchangeHandle handle) {
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
  for (int rounds = 0; started_ && !quitting(); ++rounds) {
    SendDone();
    if (!pulls_ && !ended_.any()) break;
    if (rounds > 0 && TurnIsLong(rounds)) {
      // Cancellations, timers and the end of the worker wait: go on in another turn.
      GoOnLater();
      return;
    }
    ExchangeList more = source_.Next(*this, std::exchange(ended_, {}), NowNanos());
    if (more.empty()) break;
    TakeUp(std::move(more));
  }
  SendDone();
  if (draining_ && suspended_.empty()) Quit();
}

void Worker::GoOnLater() {
  if (unit().OnThread()) {
    unit().Ready(*this);
  } else {
    unit().Wake(*this);
  }
}

void Worker::Describe(admin::v1::Crash& crash) const {
  crash.set_worker(absl::StrCat("pools/", pool_.spec().name, "/workers/", id_));
  crash.set_worker_restarts(origin_.restarts);
  Nanos now = Clock::System().Steady();
  *crash.mutable_worker_age() = ToProto(now - origin_.started);
  uint64_t served = this->served();
  for (uint64_t i = 0; i < std::min<uint64_t>(served, kServedKept); ++i) {
    const Served& each = last_served_[(served - 1 - i) % kServedKept];
    admin::v1::RequestDigest& digest = *crash.add_last_requests();
    const std::string& name = pool_.RouteName(each.handler);
    digest.set_method(name.substr(0, name.find(' ')));
    digest.set_target(name.substr(name.find(' ') + 1));
    *digest.mutable_time() = ToProto(Clock::System().Wall() - absl::Nanoseconds(now - each.began));
    *digest.mutable_service_time() = ToProto(each.ended - each.began);
    digest.set_status(each.status);
  }
}

bool Worker::TurnIsLong(int rounds) {
  return rounds >= kRoundsPerTurn || (reactor_ == nullptr && NowNanos() - turn_began_ > kTurnMax);
}

}  // namespace troupe
