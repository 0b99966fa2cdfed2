#include "admin/cli/helm_values.h"

#include <yaml-cpp/yaml.h>

#include "admin/cli/failure.h"
#include "runtime/config/text.h"

namespace troupe::admin::cli {
namespace {

using config::Split;

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

}  // namespace

std::string HelmValues(const v1::DiffRevisionsResponse& diff, const v1::ConfigView& view) {
  try {
    const YAML::Node effective = YAML::Load(view.yaml());
    YAML::Node changed(YAML::NodeType::Map);
    for (const v1::Change& change : diff.changes()) {
      const std::vector<std::string> names = NamesTo(change.path());
      Put(changed, names, 0, Find(effective, names, 0));
    }
    YAML::Node values;
    values["config"] = changed;
    return YAML::Dump(values) + "\n";
  } catch (const YAML::Exception& error) {
    throw Failure(ExitCode::kRefused,
                  config::Concat("the server's configuration is no YAML: ", error.what()));
  }
}

}  // namespace troupe::admin::cli
