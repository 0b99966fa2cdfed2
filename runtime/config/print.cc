#include "runtime/config/print.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "runtime/config/field.h"
#include "runtime/config/map_field.h"
#include "runtime/config/text.h"

namespace troupe::config {
namespace {

// What YAML takes for no value.
bool IsNullWord(std::string_view text) {
  return text == "null" || text == "Null" || text == "NULL";
}

// Text that YAML takes as it stands, in a list too.
bool IsPlain(std::string_view text) {
  constexpr std::string_view kMarks = "_./:@+-";
  const auto is_plain = [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kMarks.find(c) != std::string_view::npos;
  };
  return !text.empty() && (absl::ascii_isalnum(text.front()) || text.front() == '/') &&
         text.back() != ':' && !IsNullWord(text) && std::all_of(text.begin(), text.end(), is_plain);
}

std::string Scalar(std::string_view text) {
  if (IsPlain(text)) return std::string(text);
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      Append(quoted, "\\", std::string_view(&c, 1));
    } else if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      Append(quoted, "\\x", absl::BytesToHexString(std::string(1, c)));
    } else {
      quoted.push_back(c);
    }
  }
  quoted.push_back('"');
  return quoted;
}

class Printer {
 public:
  explicit Printer(const Origins* origins) : origins_(origins) {}

  // `first` stands before the first field, `indent` before the others: "- " begins an element.
  void PrintGroup(const Message& message, const std::string& path, std::string_view first,
                  const std::string& indent) {
    const Descriptor& type = *message.GetDescriptor();
    const auto& reflection = *message.GetReflection();
    std::string_view lead = first;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const bool is_set = field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                                              : reflection.HasField(message, &field);
      // An empty list at the top says that the default's is not wanted.
      if (!is_set && !(field.is_repeated() && path.empty())) continue;
      // A group of which nothing is set would read as no group at all.
      if (IsGroup(field) && !field.is_repeated() &&
          reflection.GetMessage(message, &field).ByteSizeLong() == 0) {
        continue;
      }
      Append(out_, lead, field.name(), ":");
      PrintField(field, message, JoinPath(path, field.name()), indent);
      lead = indent;
    }
  }

  std::string TakeText() { return std::move(out_); }

 private:
  void PrintField(const FieldDescriptor& field, const Message& message, const std::string& path,
                  const std::string& indent) {
    const auto& reflection = *message.GetReflection();
    if (field.is_map()) {
      PrintMap(field, message, path, indent);
    } else if (!IsGroup(field)) {
      PrintValue(field.is_repeated() ? ListText(field, message) : Scalar(ToText(field, message)),
                 path);
    } else if (!field.is_repeated()) {
      out_.append("\n");
      PrintGroup(reflection.GetMessage(message, &field), path, indent + "  ", indent + "  ");
    } else {
      PrintList(field, message, path, indent);
    }
  }

  void PrintValue(std::string_view text, std::string_view path) {
    Append(out_, " ", text);
    if (origins_) Append(out_, "  # ", absl::Utf8SafeCHexEscape(origins_->Of(path)));
    out_ += '\n';
  }

  static std::string ListText(const FieldDescriptor& field, const Message& message) {
    std::vector<std::string> texts;
    for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
      texts.push_back(Scalar(ToText(field, message, i)));
    }
    return Concat("[", absl::StrJoin(texts, ", "), "]");
  }

  void PrintList(const FieldDescriptor& field, const Message& message, const std::string& path,
                 const std::string& indent) {
    const auto& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    if (size == 0) return PrintValue("[]", path);
    out_.append("\n");
    for (int i = 0; i < size; ++i) {
      PrintGroup(reflection.GetRepeatedMessage(message, &field, i), ElementPath(path, i),
                 indent + "  - ", indent + "    ");
    }
  }

  void PrintMap(const FieldDescriptor& field, const Message& message, const std::string& path,
                const std::string& indent) {
    out_.append("\n");
    for (const auto& [key, value] : MapEntries(field, message)) {
      Append(out_, indent, "  ", Scalar(key), ":");
      PrintValue(Scalar(value), JoinPath(path, key));
    }
  }

  const Origins* const origins_;  // null: no comments
  std::string out_;
};

}  // namespace

std::string PrintConfig(const v1::Config& config, const Origins& origins) {
  Printer printer(&origins);
  printer.PrintGroup(config, "", "", "");
  return printer.TakeText();
}

std::string PrintConfig(const v1::Config& config) {
  Printer printer(nullptr);
  printer.PrintGroup(config, "", "", "");
  return printer.TakeText();
}

}  // namespace troupe::config
