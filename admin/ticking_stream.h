// A server stream that looks at something again and again and sends what is new. Deletes itself
// when the call is over.
//
// One thing goes on at a time: a look (on the admin threads), a write, or the wait for the next
// look; so `look` needs no lock of its own.
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "admin/rpc_status.h"
#include "admin/threads.h"

namespace troupe::admin {

enum class Look : uint8_t {
  kNothing,  // look again after the interval
  kSend,     // send what was filled in, then look after the interval
  kMore,     // the same, but look again at once
  kLast,     // the same, then end well
  kEnd,      // end well
};

template <class T>
class TickingStream final : public grpc::ServerWriteReactor<T> {
 public:
  using LookAt = absl::AnyInvocable<absl::StatusOr<Look>(T&)>;

  // `look` fills in a cleared message. An error of it ends the call.
  TickingStream(Threads& threads, absl::Duration interval, LookAt look)
      : threads_(threads), interval_(interval), look_(std::move(look)) {
    Step();
  }

  void OnWriteDone(bool ok) override {
    if (!ok || cancelled_) {
      this->Finish(grpc::Status::CANCELLED);
    } else if (what_ == Look::kMore) {
      Step();
    } else if (what_ == Look::kLast) {
      this->Finish(grpc::Status::OK);
    } else {
      Wait();
    }
  }

  void OnCancel() override { cancelled_ = true; }

  void OnDone() override { delete this; }

 private:
  static constexpr absl::Duration kPiece = absl::Milliseconds(100);

  void Step() {
    threads_.Run([this] {
      message_.Clear();
      absl::StatusOr<Look> looked = look_(message_);
      if (cancelled_) {
        this->Finish(grpc::Status::CANCELLED);
      } else if (!looked.ok()) {
        this->Finish(ToRpcStatus(looked.status()));
      } else if (*looked == Look::kEnd) {
        this->Finish(grpc::Status::OK);
      } else if (*looked == Look::kNothing) {
        Wait();
      } else {
        what_ = *looked;
        this->StartWrite(&message_);
      }
    });
  }

  // In short pieces: a cancelled call must not stay until the end of a long interval.
  void Wait() { WaitUntil(absl::Now() + interval_); }

  void WaitUntil(absl::Time due) {
    const absl::Time until = std::min(due, absl::Now() + kPiece);
    alarm_.Set(absl::ToChronoTime(until), [this, due](bool) {
      if (cancelled_) {
        this->Finish(grpc::Status::CANCELLED);
      } else if (absl::Now() < due) {
        WaitUntil(due);
      } else {
        Step();
      }
    });
  }

  Threads& threads_;
  const absl::Duration interval_;
  LookAt look_;
  T message_;
  Look what_ = Look::kNothing;
  std::atomic<bool> cancelled_{false};
  grpc::Alarm alarm_;
};

// A stream that may not be: ends with `status` at once.
template <class T>
class RefusedStream final : public grpc::ServerWriteReactor<T> {
 public:
  explicit RefusedStream(const absl::Status& status) { this->Finish(ToRpcStatus(status)); }
  void OnDone() override { delete this; }
};

}  // namespace troupe::admin
