#include "runtime/config/yaml_tree.h"

#include <gtest/gtest.h>

namespace troupe::config {
namespace {

std::string ProblemOf(std::string_view text) {
  YamlNode root;
  Problems problems;
  const bool ok = ParseYaml("t.yaml", text, root, problems);
  EXPECT_EQ(ok, problems.empty());
  return std::string(problems.ToStatus().message());
}

YamlNode Parsed(std::string_view text) {
  YamlNode root;
  Problems problems;
  EXPECT_TRUE(ParseYaml("t.yaml", text, root, problems)) << problems.ToStatus();
  return root;
}

TEST(YamlTree, KnowsTheLineOfEveryPart) {
  const YamlNode root = Parsed("a: 1\nb:\n  - x\n  - c: y\n");
  ASSERT_EQ(root.kind, YamlNode::Kind::kMap);
  ASSERT_EQ(root.keys.size(), 2);
  EXPECT_EQ(root.keys[1].line, 2);
  const YamlNode& list = root.children[1];
  ASSERT_EQ(list.children.size(), 2);
  EXPECT_EQ(list.children[0].line, 3);
  EXPECT_EQ(list.children[1].keys[0].line, 4);
  EXPECT_EQ(list.children[1].children[0].scalar, "y");
}

TEST(YamlTree, ReadsJson) {
  const YamlNode root = Parsed("{\n\t\"a\": [1, \"two\", true],\n\t\"b\": {\"c\": \"\\u00e4\"}\n}");
  ASSERT_EQ(root.children.size(), 2);
  EXPECT_EQ(root.children[0].children[1].scalar, "two");
  EXPECT_EQ(root.children[1].children[0].scalar, "\xC3\xA4");
}

TEST(YamlTree, OfNothingButCommentsIsNull) {
  EXPECT_EQ(Parsed("").kind, YamlNode::Kind::kNull);
  EXPECT_EQ(Parsed("# nothing\n").kind, YamlNode::Kind::kNull);
}

TEST(YamlTree, KeepsTheLineEndsOfBlocks) {
  EXPECT_EQ(Parsed("a: |\n  x\n  y\n").children[0].scalar, "x\ny\n");
  EXPECT_EQ(Parsed("a: |-\n  x\n").children[0].scalar, "x");
  EXPECT_EQ(Parsed("a: |+\n  x\n\n").children[0].scalar, "x\n\n");
}

TEST(YamlTree, TellsQuotedNullFromNull) {
  const YamlNode root = Parsed("a: \"null\"\nb: null\nc:\n");
  EXPECT_EQ(root.children[0].kind, YamlNode::Kind::kScalar);
  EXPECT_EQ(root.children[1].kind, YamlNode::Kind::kNull);
  EXPECT_EQ(root.children[2].kind, YamlNode::Kind::kNull);
}

struct RefusedCase {
  std::string_view text;
  std::string_view problem;
};

TEST(YamlTree, RefusesWhatNoConfigurationNeeds) {
  for (const RefusedCase& test : {
           RefusedCase{"a: &x 1\nb: *x\n",
                       "t.yaml:1: anchors and aliases are not allowed; write the value out"},
           RefusedCase{"a: 1\nb: &x [1]\n",
                       "t.yaml:2: anchors and aliases are not allowed; write the value out"},
           RefusedCase{"&k a: 1\n",
                       "t.yaml:1: anchors and aliases are not allowed; write the value out"},
           RefusedCase{"a: !!str 1\n",
                       "t.yaml:1: tags are not allowed; types follow from the field"},
           RefusedCase{"a: !x {}\n", "t.yaml:1: tags are not allowed; types follow from the field"},
           RefusedCase{"a: 1\n---\nb: 2\n",
                       "t.yaml:2: there is a second document; a file holds one"},
           RefusedCase{"? [a]\n: 1\n", "t.yaml:1: a key must be a name"},
           RefusedCase{"~: 1\n", "t.yaml:1: a key must be a name"},
       }) {
    EXPECT_EQ(ProblemOf(test.text), test.problem) << test.text;
  }
}

TEST(YamlTree, RefusesWhatIsMalformedWithItsLine) {
  EXPECT_EQ(ProblemOf("a: 1\nb: [1, 2\n").substr(0, 9), "t.yaml:3:");
  EXPECT_EQ(ProblemOf("a: 1\n  b: 2\n").substr(0, 9), "t.yaml:2:");
  for (std::string_view open : {"a: \"x", "a: \"x\nb: 1\n", "a: 'x\n", "a: {b: 1\n"}) {
    EXPECT_EQ(ProblemOf(open).substr(0, 7), "t.yaml:") << open;
  }
}

TEST(YamlTree, BoundsDepthValuesAndSize) {
  const std::string deep = std::string(33, '[') + std::string(33, ']');
  EXPECT_EQ(ProblemOf(deep), "t.yaml:1: nested more than 32 deep");
  EXPECT_EQ(ProblemOf(deep.substr(1, 64)), "");
  std::string many = "[";
  for (int i = 0; i < 100'000; ++i) many += "1,";
  EXPECT_EQ(ProblemOf(many + "]"), "t.yaml:1: more than 100000 values");
  EXPECT_EQ(ProblemOf(std::string((1 << 20) + 1, ' ')), "t.yaml: larger than 1048576 bytes");
}

TEST(YamlTree, SurvivesAThousandsOfOpenBrackets) {
  EXPECT_NE(ProblemOf(std::string(100'000, '[')), "");
  EXPECT_NE(ProblemOf(std::string(100'000, '{')), "");
  std::string nested;
  for (int i = 0; i < 10'000; ++i) nested += "- ";
  EXPECT_NE(ProblemOf(nested), "");
}

}  // namespace
}  // namespace troupe::config
