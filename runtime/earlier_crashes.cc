#include "runtime/earlier_crashes.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/actors/proto_time.h"
#include "runtime/http/json.h"
#include "runtime/telemetry/log.h"

namespace troupe {
namespace {

using admin::v1::Crash;
using admin::v1::WorkerInHand;
using telemetry::FatalRecord;

constexpr int kKept = 8;
constexpr size_t kFramesLogged = 5;

std::string KeptPath(const std::string& folder, int number) {
  return absl::StrCat(folder, "/fatal.", number);
}

std::string SignalName(int signal) {
  const char* name = sigabbrev_np(signal);
  return name == nullptr ? absl::StrCat("signal ", signal) : absl::StrCat("SIG", name);
}

WorkerInHand::Stage StageOf(telemetry::InHand::Stage stage) {
  switch (stage) {
    case telemetry::InHand::Stage::kServing:
      return WorkerInHand::SERVING;
    case telemetry::InHand::Stage::kStarting:
      return WorkerInHand::STARTING;
    case telemetry::InHand::Stage::kStopping:
      return WorkerInHand::STOPPING;
  }
  return WorkerInHand::STAGE_UNSPECIFIED;
}

WorkerInHand Describe(const FatalRecord::Hand& hand) {
  WorkerInHand shown;
  const std::string pool = absl::StrCat("pools/", http::ToUtf8(hand.pool.view()));
  shown.set_pool(pool);
  shown.set_worker(absl::StrCat(pool, "/workers/", hand.worker));
  shown.set_thread(absl::StrCat(hand.thread));
  shown.set_crashed(hand.crashed != 0);
  shown.set_stage(StageOf(hand.stage));
  *shown.mutable_worker_age() = ToProto(hand.worker_nanos);
  if (hand.request == 0) return shown;
  *shown.mutable_age() = ToProto(hand.busy_nanos);
  shown.set_request(absl::StrCat("requests/", hand.request));
  shown.set_method(http::ToUtf8(hand.method.view()));
  shown.set_target(http::ToUtf8(hand.target.view()));
  shown.set_route(http::ToUtf8(hand.route.view()));
  return shown;
}

std::string What(const FatalRecord& record, const admin::v1::EndedProcess& process) {
  const char* description = sigdescr_np(record.signal);
  std::string text = description == nullptr ? "unknown signal" : description;
  if (!process.fault_address().empty()) absl::StrAppend(&text, " at ", process.fault_address());
  absl::StrAppend(&text, " on thread ", process.thread(), " of process ", process.pid());
  return text;
}

void Warn(const Crash& crash) {
  std::string hand = "it handled no request";
  if (!crash.worker().empty()) {
    hand = absl::StrCat(crash.worker(), " had in hand: ", crash.method(), " ", crash.target(),
                        ", route ", crash.route());
  }
  const auto last = crash.stack().begin() +
                    static_cast<int>(std::min<size_t>(kFramesLogged, crash.stack().size()));
  telemetry::LogWarning(
      "server", absl::StrCat("the process before this one ended by ", crash.exception_type(), ": ",
                             crash.exception_text(), "; ", hand, "; it was at ",
                             absl::StrJoin(crash.stack().begin(), last, " < "),
                             "; `troupectl crash ls` lists it"));
}

// Makes room for one more and puts it first.
void Keep(const std::string& folder) {
  for (int number = kKept - 1; number > 0; --number) {
    std::rename(KeptPath(folder, number).c_str(), KeptPath(folder, number + 1).c_str());
  }
  std::rename(FatalRecordPath(folder).c_str(), KeptPath(folder, 1).c_str());
}

}  // namespace

std::string FatalRecordPath(const std::string& folder) { return folder + "/fatal.record"; }

Crash ToCrash(const FatalRecord& record) {
  Crash crash;
  crash.set_kind(Crash::SIGNAL);
  *crash.mutable_time() = ToProto(absl::FromUnixNanos(record.unix_nanos));
  admin::v1::EndedProcess& process = *crash.mutable_process();
  process.set_pid(record.process);
  process.set_version(http::ToUtf8(record.version.view()));
  process.set_revision(record.revision);
  process.set_thread(http::ToUtf8(record.thread_name.view()));
  if (record.signal_code > 0) {  // else it was sent, and is about no address
    process.set_fault_address(absl::StrCat("0x", absl::Hex(record.address)));
  }
  for (size_t i = 0; i < record.hand_count; ++i) {
    *process.add_in_hand() = Describe(record.hands[i]);
  }
  crash.set_exception_type(SignalName(record.signal));
  crash.set_exception_text(What(record, process));
  for (std::string& frame : telemetry::StackOf(record)) {
    crash.add_stack(http::ToUtf8(frame));
  }
  if (process.in_hand().empty() || !process.in_hand(0).crashed()) return crash;
  const WorkerInHand& culprit = process.in_hand(0);
  crash.set_pool(culprit.pool());
  crash.set_worker(culprit.worker());
  *crash.mutable_worker_age() = culprit.worker_age();
  crash.set_request(culprit.request());
  crash.set_method(culprit.method());
  crash.set_target(culprit.target());
  crash.set_route(culprit.route());
  return crash;
}

std::vector<Crash> TakeEarlierCrashes(const std::string& folder) {
  absl::StatusOr<std::unique_ptr<FatalRecord>> fresh =
      telemetry::ReadFatalRecord(FatalRecordPath(folder));
  if (fresh.ok()) {
    Keep(folder);
    Warn(ToCrash(**fresh));
  } else if (!absl::IsNotFound(fresh.status())) {
    telemetry::LogWarning("server", absl::StrCat("the process before this one ended by a signal; ",
                                                 fresh.status().message()));
  }
  std::vector<Crash> crashes;
  for (int number = kKept; number > 0; --number) {
    auto kept = telemetry::ReadFatalRecord(KeptPath(folder, number));
    if (kept.ok()) crashes.push_back(ToCrash(**kept));
  }
  return crashes;
}

}  // namespace troupe
