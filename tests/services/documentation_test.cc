#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(TROUPE_SOURCE_DIR "/" + path);
  std::stringstream content;
  content << file.rdbuf();
  EXPECT_FALSE(content.str().empty()) << path;
  return content.str();
}

// From the first line that begins with `begin` to the end of the file.
std::string Tail(const std::string& text, const std::string& begin) {
  const size_t line = text.find("\n" + begin);
  return line == std::string::npos ? "nothing begins with " + begin : text.substr(line + 1);
}

TEST(ServicesDocumentation, QuotesTheSampleAsItIs) {
  const std::string documentation = ReadFile("docs/SERVICES.md");
  const std::string sample = "services/samples/hello/";
  for (const std::string& quoted :
       {Tail(ReadFile(sample + "hello.h"), "class Hello"), ReadFile(sample + "main.cc"),
        Tail(ReadFile(sample + "CMakeLists.txt"), "add_executable")}) {
    EXPECT_NE(documentation.find("\n" + quoted + "```\n"), std::string::npos) << quoted;
  }
}

TEST(ServicesDocumentation, QuotesATestOfTheSample) {
  const std::string test =
      Tail(ReadFile("tests/services/hello_test.cc"), "TEST(Hello, GreetsByName)");
  const std::string quoted = test.substr(0, test.find("\n}\n") + 3);
  EXPECT_NE(ReadFile("docs/SERVICES.md").find("\n" + quoted + "```\n"), std::string::npos)
      << quoted;
}

}  // namespace
