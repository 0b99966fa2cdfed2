#include "runtime/config/yaml_tree.h"

#include <sstream>

#include "runtime/config/text.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/mark.h"
#include "yaml-cpp/parser.h"

namespace troupe::config {
namespace {

constexpr size_t kDepthMax = 32;
constexpr size_t kNodesMax = 100'000;

// Builds the tree from the parser's events. Refusals are thrown as the parser throws its own.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(YamlNode& root) : root_(root) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) Refuse(mark, "there is a second document; a file holds one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(mark, anchor, YamlNode::Kind::kNull);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { RefuseAnchors(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    CheckTag(mark, tag);
    if (ExpectsKey()) {
      if (anchor != YAML::NullAnchor) RefuseAnchors(mark);
      open_.back()->keys.push_back({value, mark.line + 1});
    } else {
      Add(mark, anchor, YamlNode::Kind::kScalar).scalar = value;
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  [[noreturn]] static void Refuse(const YAML::Mark& mark, const std::string& what) {
    throw YAML::ParserException(mark, what);
  }
  [[noreturn]] static void RefuseAnchors(const YAML::Mark& mark) {
    Refuse(mark, "anchors and aliases are not allowed; write the value out");
  }
  static void CheckTag(const YAML::Mark& mark, const std::string& tag) {
    // "?" and "!" are what the parser calls plain and quoted values without a tag.
    if (!tag.empty() && tag != "?" && tag != "!") {
      Refuse(mark, "tags are not allowed; types follow from the field");
    }
  }

  bool ExpectsKey() const {
    return !open_.empty() && open_.back()->kind == YamlNode::Kind::kMap &&
           open_.back()->keys.size() == open_.back()->children.size();
  }

  YamlNode& Add(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (anchor != YAML::NullAnchor) RefuseAnchors(mark);
    if (ExpectsKey()) Refuse(mark, "a key must be a name");
    if (++nodes_ > kNodesMax) Refuse(mark, Concat("more than ", kNodesMax, " values"));
    YamlNode& node = open_.empty() ? root_ : open_.back()->children.emplace_back();
    node.kind = kind;
    // Where nothing stands, the parser's mark is that of the next thing.
    const bool is_absent =
        kind == YamlNode::Kind::kNull && !open_.empty() && !open_.back()->keys.empty();
    node.line = is_absent ? open_.back()->keys.back().line : mark.line + 1;
    return node;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    CheckTag(mark, tag);
    if (open_.size() == kDepthMax) {
      Refuse(mark, Concat("nested more than ", kDepthMax, " deep"));
    }
    // The pointer stays valid: a list of children grows only when its last child is complete.
    open_.push_back(&Add(mark, anchor, kind));
  }

  YamlNode& root_;
  std::vector<YamlNode*> open_;
  size_t nodes_ = 0;
  int documents_ = 0;
};

}  // namespace

bool ParseYaml(std::string_view name, std::string_view text, YamlNode& root, Problems& problems) {
  if (text.size() > kYamlBytesMax) {
    problems.Add(name, "", Concat("larger than ", kYamlBytesMax, " bytes"));
    return false;
  }
  try {
    // The parser takes the end of the file for the end of a quoted value; an end of the document
    // inside of quotes it refuses.
    const std::string_view end = text.ends_with("\n") ? "...\n" : "\n...\n";
    std::istringstream stream(Concat(text, end));
    YAML::Parser parser(stream);
    TreeBuilder builder(root);
    while (parser.HandleNextDocument(builder)) {
    }
    return true;
  } catch (const YAML::Exception& error) {
    problems.Add(Concat(name, ":", error.mark.line + 1), "", error.msg);
    return false;
  }
}

}  // namespace troupe::config
