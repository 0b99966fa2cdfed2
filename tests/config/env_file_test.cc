#include "runtime/config/env_file.h"

#include <gtest/gtest.h>

namespace troupe::config {
namespace {

TEST(EnvFiles, AreReadAsLinesOfNamesAndValues) {
  Variables variables;
  Problems problems;
  ReadEnvFile(
      "t.env",
      "# comment\n\nA=1\n B = two words \nC=\"x\\ty\\\"\\\\\\n\"\nD='as \\n is'\nE=\nA=2\r\n"
      "F=a#b=c\n",
      variables, problems);
  EXPECT_TRUE(problems.empty()) << problems.ToStatus();
  EXPECT_EQ(variables["A"].value, "2");
  EXPECT_EQ(variables["A"].origin, "t.env:8");
  EXPECT_EQ(variables["B"].value, "two words");
  EXPECT_EQ(variables["C"].value, "x\ty\"\\\n");
  EXPECT_EQ(variables["D"].value, "as \\n is");
  EXPECT_EQ(variables["E"].value, "");
  EXPECT_EQ(variables["F"].value, "a#b=c");
}

TEST(EnvFiles, SayWhichLineIsWrong) {
  for (std::string_view line : {"A", "=1", "1A=1", "A-B=1", "export A=1"}) {
    Variables variables;
    Problems problems;
    ReadEnvFile("t.env", line, variables, problems);
    EXPECT_EQ(problems.ToStatus().message(), "t.env:1: not a variable; allowed: NAME=VALUE")
        << line;
  }
  for (std::string_view line :
       {"A=\"x", "A=\"x\" y", "A=\"\\x\"", "A=\"x\\", "A='x", "A='x' y", "A='"}) {
    Variables variables;
    Problems problems;
    ReadEnvFile("t.env", line, variables, problems);
    EXPECT_EQ(problems.ToStatus().message().find("t.env:1: A: the quotes do not close"), 0) << line;
  }
}

}  // namespace
}  // namespace troupe::config
