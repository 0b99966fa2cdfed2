// config_docs DESCRIPTOR_SET FILE: writes FILE, the documentation of all settings, from
// config.proto's comments and options. With --check it only says whether FILE is what would be
// written.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.pb.h"
#include "runtime/config/environment.h"
#include "runtime/config/field.h"
#include "runtime/config/origins.h"
#include "runtime/config/text.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::config {
namespace {

constexpr std::string_view kCommand = "cmake --build build/release --target config_docs";

constexpr std::string_view kHead = R"(# Settings

Made from `proto/troupe/config/v1/config.proto`; change that file and not this one.

A setting comes from, later ones winning: the default; the file named by `--config`, YAML or JSON; a
file named by `--env-file`; the environment; `--set PATH=VALUE`. `trouped --check-config FILE` says
what is wrong with a file, `trouped --print-config` shows the values in effect and where each came
from.

- Sizes are written in bytes or as `64KiB`, `1MiB`, `2GiB`; durations as `100ms`, `5s`, `1m30s`.
- Elements of a list have an index, `pools[0].queue_max`; pools also go by name,
  `pools.echo.queue_max`. In a variable that is `TROUPE_POOLS_0_QUEUE_MAX` or
  `TROUPE_POOLS_ECHO_QUEUE_MAX`; below, N stands for either.
- A list of values is set whole: `--set trusted_proxies=10.0.0.0/8,192.0.2.7`.
- A list in the file replaces that of the embedded default, which serves `/`, `/health`, `/slow` and
  `/echo` on 127.0.0.1:8080. Pools and routes are replaced together when the file has one of them.
- Changes take effect: for the next request, for new connections, or at the next start.

## Top level
)";

// The schema with its comments, which the compiled one has not, from a FileDescriptorSet; false
// when there is none.
bool ReadDescriptors(const char* descriptor_set_name, google::protobuf::DescriptorPool& pool) {
  std::ifstream stream(descriptor_set_name, std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromIstream(&stream)) return false;
  for (const auto& file : set.file()) {
    if (pool.BuildFile(file) == nullptr) return false;
  }
  return set.file_size() > 0;
}

template <typename Described>
std::string CommentOf(const Described* described) {
  google::protobuf::SourceLocation location;
  if (described == nullptr || !described->GetSourceLocation(&location)) return "";
  return location.leading_comments;
}

// A comment's lines without the blank that each begins with.
std::string Unindent(std::string_view comment, std::string_view line_end = "\n") {
  std::string text;
  for (std::string_view line : Split(Strip(comment), '\n')) {
    Append(text, text.empty() ? "" : line_end, Strip(line));
  }
  return text;
}

std::string ApplyText(v1::Apply apply) {
  switch (apply) {
    case v1::LIVE:
      return "for the next request";
    case v1::NEW_CONNECTIONS:
      return "for new connections";
    default:
      return "at the next start";
  }
}

std::string_view KindOf(const FieldDescriptor& field) {
  if (field.is_map()) return "names with text";
  if (IsDuration(field)) return "duration";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return "text";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "switch";
    default:
      break;
  }
  switch (SettingOf(field).unit()) {
    case v1::BYTES:
      return "size";
    case v1::BYTES_PER_SECOND:
      return "size, each second";
    default:
      return "number";
  }
}

std::string ValueText(const FieldDescriptor& field) {
  const std::string allowed = Allowed(field);
  const std::string_view several =
      field.is_repeated() && !field.is_map() ? "; any number of them" : "";
  return Concat(KindOf(field), allowed.empty() ? "" : ": ", allowed, several);
}

class DocsWriter {
 public:
  explicit DocsWriter(const google::protobuf::DescriptorPool& commented)
      : commented_(commented), out_(kHead) {}

  void WriteGroup(const Descriptor& type, const std::string& path) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (!IsGroup(field)) WriteSetting(field, JoinPath(path, field.name()));
    }
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (!IsGroup(field)) continue;
      const std::string group = JoinPath(path, field.name()) + (field.is_repeated() ? "[N]" : "");
      Append(out_, "\n## ", group, "\n");
      WriteParagraphs(CommentOf(commented_.FindFieldByName(field.full_name())));
      WriteParagraphs(
          CommentOf(commented_.FindMessageTypeByName(field.message_type()->full_name())));
      WriteGroup(*field.message_type(), group);
    }
  }

  std::string TakeText() { return std::move(out_); }

 private:
  void WriteParagraphs(std::string_view comment) {
    if (!comment.empty()) Append(out_, "\n", Unindent(comment), "\n");
  }

  void WriteSetting(const FieldDescriptor& field, const std::string& path) {
    const v1::Setting& setting = SettingOf(field);
    Append(out_, "\n### ", path, "\n");
    WriteParagraphs(CommentOf(commented_.FindFieldByName(field.full_name())));
    out_.append("\n");
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      WriteValues(*field.enum_type());
    } else {
      WriteItem("Value", ValueText(field));
    }
    WriteItem("Default", DefaultText(field));
    if (!setting.example().empty()) WriteItem("Example", Code(setting.example()));
    WriteItem("Changes take effect", ApplyText(setting.apply()));
    WriteItem("Variable", Code(VariableName(path) + (field.is_map() ? "_NAME" : "")));
  }

  void WriteItem(std::string_view name, std::string_view text) {
    Append(out_, "- ", name, ": ", text, "\n");
  }

  void WriteValues(const google::protobuf::EnumDescriptor& type) {
    for (int i = 1; i < type.value_count(); ++i) {
      const google::protobuf::EnumValueDescriptor& value = *type.value(i);
      WriteItem(Code(value.name()),
                Unindent(CommentOf(commented_.FindEnumValueByName(value.full_name())), "\n  "));
    }
  }

  static std::string Code(std::string_view text) { return Concat("`", text, "`"); }

  static std::string DefaultText(const FieldDescriptor& field) {
    const v1::Setting& setting = SettingOf(field);
    if (setting.required()) return "none, it must be set";
    if (!setting.default_value().empty()) return Code(setting.default_value());
    return PlacementText(field);
  }

  // Of in_flight_max and queue_max: what each placement says.
  static std::string PlacementText(const FieldDescriptor& field) {
    const FieldDescriptor* by_placement =
        v1::PlacementDefaults::descriptor()->FindFieldByName(field.name());
    if (by_placement == nullptr || field.containing_type() != v1::Pool::descriptor()) {
      return field.is_repeated() ? "empty" : "unset";
    }
    const google::protobuf::EnumDescriptor& placements = *v1::Pool::Placement_descriptor();
    std::vector<std::string> texts;
    for (int i = 1; i < placements.value_count(); ++i) {
      const auto& defaults = placements.value(i)->options().GetExtension(v1::placement_defaults);
      texts.push_back(
          Concat(placements.value(i)->name(), " ", Code(ToText(*by_placement, defaults))));
    }
    return absl::StrJoin(texts, ", ");
  }

  const google::protobuf::DescriptorPool& commented_;
  std::string out_;
};

std::string ReadWhole(const char* name) {
  std::ostringstream text;
  text << std::ifstream(name).rdbuf();
  return text.str();
}

int Run(const char* descriptor_set_name, const char* docs_name, bool only_check) {
  google::protobuf::DescriptorPool commented;
  if (!ReadDescriptors(descriptor_set_name, commented)) {
    std::cerr << descriptor_set_name << " is no descriptor set\n";
    return 1;
  }
  DocsWriter writer(commented);
  writer.WriteGroup(*v1::Config::descriptor(), "");
  const std::string docs = writer.TakeText();
  if (only_check && ReadWhole(docs_name) != docs) {
    std::cerr << docs_name << " is not what config.proto says; make it anew with\n"
              << "  " << kCommand << "\n";
    return 1;
  }
  if (!only_check && !(std::ofstream(docs_name) << docs).flush()) {
    std::cerr << docs_name << " cannot be written\n";
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace troupe::config

int main(int argc, char** argv) {
  const bool only_check = argc == 4 && std::string_view(argv[1]) == "--check";
  if (argc != 3 && !only_check) {
    std::cerr << "usage: config_docs [--check] DESCRIPTOR_SET FILE\n";
    return 2;
  }
  return troupe::config::Run(argv[argc - 2], argv[argc - 1], only_check);
}
