// docs/OPERATIONS.md and the verbs are the same.
#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

#include "tests/admin/cli/tool_test.h"

namespace troupe::admin::cli {
namespace {

std::string Document() {
  const std::ifstream file(TROUPE_SOURCE_DIR "/docs/OPERATIONS.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string HelpOf(std::vector<std::string> path) {
  path.emplace_back("--help");
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(RunTroupectl(path, {out, err}), 0);
  return out.str();
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// "pool ls" and so on: what has no verbs below it.
std::set<std::string> Verbs(const std::vector<std::string>& path = {}) {
  const std::string help = HelpOf(path);
  const size_t list = help.find("\nSubcommands:\n");
  if (list == std::string::npos) return {Joined(path)};
  static const std::regex kVerb(R"(\n  ([a-z]+) )");
  std::set<std::string> verbs;
  for (std::sregex_iterator i(help.begin() + static_cast<ptrdiff_t>(list), help.end(), kVerb), end;
       i != end; ++i) {
    std::vector<std::string> below = path;
    below.push_back((*i)[1]);
    verbs.merge(Verbs(below));
  }
  return verbs;
}

// The first column of the reference's tables: | `pool ls` | ... |
std::set<std::string> DocumentedVerbs() {
  const std::string document = Document();
  static const std::regex kRow(R"(\n\| `([a-z]+(?: [a-z]+)?)[^`|]*` \|)");
  std::set<std::string> verbs;
  for (std::sregex_iterator i(document.begin(), document.end(), kRow), end; i != end; ++i) {
    verbs.insert((*i)[1]);
  }
  return verbs;
}

TEST(Documentation, EachVerbStandsInTheReferenceAndNoOther) {
  EXPECT_GT(Verbs().size(), 40U);
  EXPECT_EQ(DocumentedVerbs(), Verbs());
}

TEST(Documentation, CommandsOfTheRunbookExist) {
  const std::string document = Document();
  static const std::regex kCommand(R"(troupectl ((?:[a-z]+ ?)+))");
  const std::set<std::string> verbs = Verbs();
  int commands = 0;
  for (std::sregex_iterator i(document.begin(), document.end(), kCommand), end; i != end; ++i) {
    const std::string words = (*i)[1];
    ++commands;
    EXPECT_TRUE(std::any_of(verbs.begin(), verbs.end(), [&](const std::string& verb) {
      return (words + " ").rfind(verb + " ", 0) == 0;
    })) << words;
  }
  EXPECT_GT(commands, 20);
}

}  // namespace
}  // namespace troupe::admin::cli
