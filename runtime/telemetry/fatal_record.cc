#include "runtime/telemetry/fatal_record.h"

#include <algorithm>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/telemetry/loaded_code.h"
#include "runtime/telemetry/symbol.h"

namespace troupe::telemetry {
namespace {

constexpr size_t kChecked = offsetof(FatalRecord, process);

absl::Status Lost(const std::string& path, std::string_view why) {
  return absl::DataLossError(
      absl::StrCat(path, " is no record that can be read: ", std::string(why)));
}

}  // namespace

// FNV-1a: it finds what was cut off or written over, not what was forged.
uint64_t ChecksumOf(const FatalRecord& record) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(&record);
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = kChecked; i < sizeof(record); ++i) hash = (hash ^ bytes[i]) * 0x100000001b3;
  return hash == 0 ? 1 : hash;
}

absl::StatusOr<std::unique_ptr<FatalRecord>> ReadFatalRecord(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("There is no ", path, "."));
  auto record = std::make_unique<FatalRecord>();
  file.read(reinterpret_cast<char*>(record.get()), sizeof(FatalRecord));
  if (file.gcount() != sizeof(FatalRecord)) return Lost(path, "it is too short");
  if (record->layout != FatalRecord::kLayout) return Lost(path, "another version has written it");
  if (record->checksum == 0) return absl::NotFoundError(absl::StrCat(path, " is empty."));
  if (record->checksum != ChecksumOf(*record)) return Lost(path, "its checksum is wrong");
  record->code_count = std::min<uint32_t>(record->code_count, FatalRecord::kCodeMax);
  record->frame_count = std::min<uint32_t>(record->frame_count, FatalRecord::kFramesMax);
  record->hand_count = std::min<uint32_t>(record->hand_count, FatalRecord::kHandsMax);
  return record;
}

std::vector<std::string> StackOf(const FatalRecord& record) {
  const bool same_build =
      !record.build_id.view().empty() && record.build_id.view() == ProgramBuildId();
  const uint64_t own_base = AllLoadedCode().front().base;
  std::vector<std::string> stack;
  for (size_t i = 0; i < record.frame_count; ++i) {
    const uint64_t address = record.frames[i];
    const auto* end = record.code.begin() + record.code_count;
    const auto* code = std::find_if(record.code.begin(), end, [&](const FatalRecord::Code& each) {
      return address >= each.begin && address < each.end;
    });
    if (code == end) {
      stack.push_back(absl::StrCat("0x", absl::Hex(address)));
      continue;
    }
    const uint64_t offset = address - code->base;
    std::string& frame =
        stack.emplace_back(absl::StrCat(std::string(code->name.view()), "+0x", absl::Hex(offset)));
    if (!same_build || code != record.code.begin()) continue;  // the program is the first
    // NOLINTNEXTLINE(performance-no-int-to-ptr): as the record has it
    const std::string function = FunctionAt(reinterpret_cast<const void*>(own_base + offset));
    if (!function.empty()) absl::StrAppend(&frame, " ", function);
  }
  return stack;
}

}  // namespace troupe::telemetry
