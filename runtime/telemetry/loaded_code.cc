#include "runtime/telemetry/loaded_code.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace troupe::telemetry {
namespace {

std::string NameOf(const dl_phdr_info& info) {
  if (info.dlpi_name[0] != '\0') return std::filesystem::path(info.dlpi_name).filename();
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/exe", unknown).filename();
}

int AddCode(dl_phdr_info* info, size_t, void* all) {
  LoadedCode code{NameOf(*info), info->dlpi_addr, UINT64_MAX, 0};
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = info->dlpi_phdr[i];
    if (part.p_type != PT_LOAD) continue;
    code.begin = std::min<uint64_t>(code.begin, code.base + part.p_vaddr);
    code.end = std::max<uint64_t>(code.end, code.base + part.p_vaddr + part.p_memsz);
  }
  static_cast<std::vector<LoadedCode>*>(all)->push_back(std::move(code));
  return 0;
}

// The build id among the notes of one segment; empty when it is not there.
absl::string_view BuildIdIn(const char* note, const char* end) {
  constexpr absl::string_view kOwner("GNU", 4);
  auto padded = [](size_t size) { return (size + 3) / 4 * 4; };
  while (note + sizeof(ElfW(Nhdr)) <= end) {
    const auto& head = *reinterpret_cast<const ElfW(Nhdr)*>(note);
    const absl::string_view owner(note + sizeof(head), head.n_namesz);
    const char* content = owner.data() + padded(owner.size());
    if (head.n_type == NT_GNU_BUILD_ID && owner == kOwner) return {content, head.n_descsz};
    note = content + padded(head.n_descsz);
  }
  return {};
}

// Of the first module, which is the program.
int TakeBuildId(dl_phdr_info* info, size_t, void* id) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = info->dlpi_phdr[i];
    if (part.p_type != PT_NOTE) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): addresses are numbers in ELF
    const auto* note = reinterpret_cast<const char*>(info->dlpi_addr + part.p_vaddr);
    const absl::string_view found = BuildIdIn(note, note + part.p_memsz);
    if (!found.empty()) *static_cast<std::string*>(id) = absl::BytesToHexString(found);
  }
  return 1;  // no other
}

}  // namespace

std::vector<LoadedCode> AllLoadedCode() {
  std::vector<LoadedCode> all;
  dl_iterate_phdr(&AddCode, &all);
  return all;
}

std::string ProgramBuildId() {
  std::string id;
  dl_iterate_phdr(&TakeBuildId, &id);
  return id;
}

}  // namespace troupe::telemetry
