#include "runtime/telemetry/fatal_handler.h"

#include <execinfo.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <new>

#include "absl/strings/str_cat.h"
#include "runtime/http/method.h"
#include "runtime/telemetry/fatal_record.h"
#include "runtime/telemetry/in_hand.h"
#include "runtime/telemetry/loaded_code.h"

namespace troupe::telemetry {
namespace {

constexpr std::array<int, 5> kSignals = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
// The handler itself and the frame that the kernel makes for it.
constexpr int kFramesOfHandler = 2;
// How long a second thread that gets a signal waits for the first to have written.
constexpr int kWaitSeconds = 5;

// All that the handler knows; a signal handler has no other way to its object.
struct Handler {
  FatalRecord* record = nullptr;
  std::array<struct sigaction, kSignals.size()> before{};
  std::atomic<int64_t> revision{0};
  std::atomic<pid_t> thread{0};  // that writes the record
  std::atomic<size_t> next_step{0};
};
constinit Handler handler;

int64_t ReadClock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

// --- in the signal handler: no lock, no allocation ----------------------------------------------

void WriteSignal(FatalRecord& record, int signal, const siginfo_t& info) {
  record.signal = signal;
  record.signal_code = info.si_code;
  record.address = info.si_code > 0 ? reinterpret_cast<uint64_t>(info.si_addr) : 0;
  record.unix_nanos = ReadClock(CLOCK_REALTIME);
  record.revision = handler.revision;
  record.thread = handler.thread;
  char name[16] = {};
  prctl(PR_GET_NAME, name);
  record.thread_name.Set({name, strnlen(name, sizeof(name))});
}

// Texts of the request last: they are behind pointers, and may be broken.
void WriteHand(FatalRecord& record, const InHand& from) {
  if (record.hand_count >= FatalRecord::kHandsMax) return;
  FatalRecord::Hand& hand = record.hands[record.hand_count];
  const int64_t now = ReadClock(CLOCK_MONOTONIC);
  const int64_t since = from.since();
  hand.thread = from.thread();
  hand.crashed = hand.thread == record.thread ? 1 : 0;
  hand.stage = from.stage();
  hand.worker = from.worker();
  hand.worker_nanos = now - from.started();
  hand.pool.Set(from.pool());
  ++record.hand_count;
  if (since == 0) return;
  hand.busy_nanos = now - since;
  hand.request = from.request();
  if (const http::RequestHead* head = from.head()) {
    if (static_cast<int>(head->method) < http::kMethodCount) {
      hand.method.Set(http::MethodName(head->method));
    }
    hand.target.Set(head->target.substr(0, head->target.find('?')));
  }
  if (const std::string* route = from.route()) hand.route.Set(*route);
  // Another thread has gone on meanwhile, and what was read may be anything.
  if (from.request() != hand.request || from.since() == 0) {
    hand.method.Set("");
    hand.target.Set("");
    hand.route.Set("");
  }
}

void WriteHands(FatalRecord& record, bool crashed) {
  for (size_t i = 0; i < InHand::kListedMax; ++i) {
    const InHand* each = InHand::At(i);
    if (each == nullptr || !each->busy()) continue;
    if ((each->thread() == record.thread) == crashed) WriteHand(record, *each);
  }
}

void WriteOwnHand(FatalRecord& record) { WriteHands(record, /*crashed=*/true); }
void WriteOtherHands(FatalRecord& record) { WriteHands(record, /*crashed=*/false); }
void Seal(FatalRecord& record) { record.checksum = ChecksumOf(record); }

constexpr std::array kSteps = {&WriteOwnHand, &WriteOtherHands, &Seal};

// As if there were no handler.
[[noreturn]] void End(int signal) {
  for (size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] == signal) sigaction(signal, &handler.before[i], nullptr);
  }
  raise(signal);
  _exit(128 + signal);
}

void OnSignal(int signal, siginfo_t* info, void*) {
  FatalRecord& record = *handler.record;
  const pid_t me = gettid();
  pid_t writer = 0;
  if (handler.thread.compare_exchange_strong(writer, me)) {
    WriteSignal(record, signal, *info);
    std::array<void*, FatalRecord::kFramesMax + kFramesOfHandler> frames;
    const int count = backtrace(frames.data(), static_cast<int>(frames.size()));
    for (int i = kFramesOfHandler; i < count; ++i) {
      record.frames[record.frame_count++] =
          reinterpret_cast<uint64_t>(frames[static_cast<size_t>(i)]);
    }
  } else if (writer != me) {
    const timespec wait{kWaitSeconds, 0};
    nanosleep(&wait, nullptr);  // the writer ends the process before
    End(signal);
  }
  // A step that faults comes here once more, by another signal, and is not tried again.
  while (handler.next_step < kSteps.size()) kSteps[handler.next_step++](record);
  End(record.signal);
}

// --- at the start
// -----------------------------------------------------------------------------------

absl::StatusOr<void*> MapFile(const std::string& path, size_t size) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  int error = fd < 0 ? errno : posix_fallocate(fd, 0, static_cast<off_t>(size));
  void* memory = MAP_FAILED;
  if (error == 0) {
    memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) error = errno;
  }
  if (fd >= 0) close(fd);
  if (memory != MAP_FAILED) return memory;
  return absl::UnavailableError(absl::StrCat(path, " cannot be made (", std::strerror(error),
                                             "); make room or allow this user to write there"));
}

void Describe(FatalRecord& record, std::string_view version) {
  record.process = getpid();
  record.version.Set(version);
  record.build_id.Set(ProgramBuildId());
  for (const LoadedCode& code : AllLoadedCode()) {
    if (record.code_count == FatalRecord::kCodeMax) break;
    FatalRecord::Code& kept = record.code[record.code_count++];
    kept.base = code.base;
    kept.begin = code.begin;
    kept.end = code.end;
    kept.name.Set(code.name);
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<FatalHandler>> FatalHandler::Install(const std::string& path,
                                                                    std::string_view version) {
  absl::StatusOr<void*> memory = MapFile(path, sizeof(FatalRecord));
  if (!memory.ok()) return memory.status();
  auto& record = *new (*memory) FatalRecord;
  void* warm_up[1];
  backtrace(warm_up, 1);  // loads what the first call would load, before what is loaded is listed
  Describe(record, version);
  return std::unique_ptr<FatalHandler>(new FatalHandler(record));
}

FatalHandler::FatalHandler(FatalRecord& record) : record_(record) {
  handler.record = &record_;
  handler.thread = 0;
  handler.next_step = 0;
  struct sigaction action {};
  action.sa_sigaction = &OnSignal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;  // a second fault must come through
  for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &action, &handler.before[i]);
}

FatalHandler::~FatalHandler() {
  for (size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], &handler.before[i], nullptr);
  }
  munmap(&record_, sizeof(FatalRecord));
}

void SetFatalRevision(int64_t revision) { handler.revision = revision; }

}  // namespace troupe::telemetry
