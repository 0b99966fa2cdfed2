#include "admin/cli/helm_values.h"

#include <yaml-cpp/yaml.h>

#include <regex>
#include <set>

#include "absl/strings/ascii.h"
#include "admin/cli/failure.h"
#include "runtime/config/text.h"

namespace troupe::admin::cli {
namespace {

using config::Split;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// The names down to the value, or to the list that it is in: limits, body_bytes_max.
std::vector<std::string> NamesTo(std::string_view path) {
  const std::string_view outside_lists = path.substr(0, path.find('['));
  const std::vector<std::string_view> names = Split(outside_lists, '.');
  return {names.begin(), names.end()};
}

// yaml-cpp's nodes are references: assigning one to another changes what both stand for, so both
// walks go down by recursion.
YAML::Node Find(const YAML::Node& tree, const std::vector<std::string>& names, size_t depth) {
  if (depth == names.size()) return YAML::Clone(tree);
  if (!tree.IsMap() || !tree[names[depth]]) return YAML::Node(YAML::NodeType::Null);
  return Find(tree[names[depth]], names, depth + 1);
}

void Put(YAML::Node tree, const std::vector<std::string>& names, size_t depth,
         const YAML::Node& value) {
  if (depth + 1 == names.size()) {
    tree[names[depth]] = value;
  } else {
    Put(tree[names[depth]], names, depth + 1, value);
  }
}

// Whether a reader of YAML 1.1, as Helm's is, takes the text for something else than text: a word
// for a truth or for nothing, a number in any of its spellings, a time.
bool IsAmbiguous(const std::string& text) {
  static const auto& words = *new std::set<std::string>{
      "", "~", "null", "y", "n", "yes", "no", "on", "off", "true", "false", "=", "<<"};
  static const std::regex kNumberOrTime("[-+.]?[0-9][-+.:_0-9a-fA-FoxtTzZ ]*|[-+]?\\.(inf|nan)",
                                        std::regex::icase | std::regex::optimize);
  return words.contains(absl::AsciiStrToLower(text)) || std::regex_match(text, kNumberOrTime);
}

// What the schema takes for more than text may stand as it is.
bool IsPlain(const FieldDescriptor* field, const std::string& text) {
  if (field == nullptr || field->is_map()) return !IsAmbiguous(text);
  static const std::regex kNumber("0|[1-9][0-9]{0,5}");  // Helm writes larger ones as 1e+06
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return text == "true" || text == "false" || !IsAmbiguous(text);
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::regex_match(text, kNumber) || !IsAmbiguous(text);
    default:
      return !IsAmbiguous(text);
  }
}

// `field` is what the node is the value of; null for the whole.
void Emit(const YAML::Node& node, const Descriptor* type, const FieldDescriptor* field,
          YAML::Emitter& out) {
  switch (node.Type()) {
    case YAML::NodeType::Map:
      out << YAML::BeginMap;
      for (const auto& entry : node) {
        const auto name = entry.first.as<std::string>();
        const FieldDescriptor* below = type == nullptr ? field : type->FindFieldByName(name);
        const bool is_group =
            below != nullptr && !below->is_map() && below->message_type() != nullptr;
        out << YAML::Key;
        if (IsAmbiguous(name)) out << YAML::DoubleQuoted;
        out << name << YAML::Value;
        Emit(entry.second, is_group && type != nullptr ? below->message_type() : nullptr, below,
             out);
      }
      out << YAML::EndMap;
      break;
    case YAML::NodeType::Sequence:
      out << YAML::BeginSeq;
      for (const auto& element : node) Emit(element, type, field, out);
      out << YAML::EndSeq;
      break;
    case YAML::NodeType::Scalar:
      if (!IsPlain(field, node.Scalar())) out << YAML::DoubleQuoted;
      out << node.Scalar();
      break;
    default:
      out << YAML::Null;
  }
}

}  // namespace

std::string HelmValues(const v1::DiffRevisionsResponse& diff, const v1::ConfigView& view) {
  try {
    const YAML::Node effective = YAML::Load(view.yaml());
    YAML::Node changed(YAML::NodeType::Map);
    for (const v1::Change& change : diff.changes()) {
      const std::vector<std::string> names = NamesTo(change.path());
      Put(changed, names, 0, Find(effective, names, 0));
    }
    YAML::Emitter out;
    out << YAML::BeginMap << YAML::Key << "config" << YAML::Value;
    Emit(changed, config::v1::Config::descriptor(), nullptr, out);
    out << YAML::EndMap;
    return std::string(out.c_str()) + "\n";
  } catch (const YAML::Exception& error) {
    throw Failure(ExitCode::kRefused,
                  config::Concat("the server's configuration is no YAML: ", error.what()));
  }
}

}  // namespace troupe::admin::cli
