// What a process that a signal ends leaves in a file for the next one, as it lies there: plain
// memory of fixed size, filled in by a signal handler (fatal_handler.h). A record is whole once its
// checksum is right; what is in it may still be anything, for it was written by a process whose
// memory was broken, so a reader bounds every number.
//
// Values; reading on any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/telemetry/in_hand.h"

namespace troupe::telemetry {

// Text cut to its room, without allocation.
template <size_t kMax>
struct FixedText {
  uint32_t size = 0;
  std::array<char, kMax> bytes{};

  void Set(std::string_view text) {
    const size_t kept = text.size() < kMax ? text.size() : kMax;
    std::memcpy(bytes.data(), text.data(), kept);
    size = static_cast<uint32_t>(kept);
  }
  std::string_view view() const { return {bytes.data(), size < kMax ? size : kMax}; }
};

struct FatalRecord {
  // Changes with whatever follows; a record of another layout is not read.
  static constexpr uint64_t kLayout = 0x0154'4c41'5441'4600;

  struct Code {
    uint64_t base = 0;
    uint64_t begin = 0;
    uint64_t end = 0;
    FixedText<60> name;
  };
  struct Hand {
    uint8_t crashed = 0;  // its thread got the signal
    InHand::Stage stage = InHand::Stage::kServing;
    int32_t thread = 0;
    uint64_t worker = 0;
    uint64_t request = 0;      // 0: none
    int64_t busy_nanos = 0;    // for how long a handler has run
    int64_t worker_nanos = 0;  // for how long the worker has lived
    FixedText<64> pool;
    FixedText<12> method;
    FixedText<512> target;  // up to its '?'
    FixedText<256> route;
  };
  static constexpr size_t kCodeMax = 160;
  static constexpr size_t kFramesMax = 64;
  static constexpr size_t kHandsMax = 32;

  uint64_t layout = kLayout;
  uint64_t checksum = 0;  // of all that follows; 0: nothing has happened

  // From the start of the process.
  int64_t process = 0;
  FixedText<28> version;
  FixedText<44> build_id;
  uint32_t code_count = 0;
  std::array<Code, kCodeMax> code;

  // From its end.
  int32_t signal = 0;
  int32_t signal_code = 0;
  uint64_t address = 0;
  int64_t unix_nanos = 0;
  int64_t revision = 0;
  int32_t thread = 0;
  FixedText<16> thread_name;
  uint32_t frame_count = 0;
  uint32_t hand_count = 0;
  std::array<uint64_t, kFramesMax> frames{};
  std::array<Hand, kHandsMax> hands;  // that of the thread that got the signal first
};
static_assert(std::is_trivially_copyable_v<FatalRecord>);

// Of what the checksum is for. Safe in a signal handler. Never 0.
uint64_t ChecksumOf(const FatalRecord& record);

// NOT_FOUND when no process has left a record there; DATA_LOSS with what is wrong with it.
absl::StatusOr<std::unique_ptr<FatalRecord>> ReadFatalRecord(const std::string& path);

// Its stack, innermost first, as "trouped+0x1f2e3" and, where this program is of the same build,
// the function.
std::vector<std::string> StackOf(const FatalRecord& record);

}  // namespace troupe::telemetry
