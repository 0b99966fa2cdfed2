// The tree of verbs. A thin layer over CLI11, whose header costs five seconds to compile: only
// command.cc includes it. What is declared is filled in by Parse and must live as long as the
// function given to Run; verbs keep it in a shared_ptr that this function captures. One thread.
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace CLI {
class App;
}

namespace troupe::admin::cli {

using Action = std::function<void()>;

// A verb or a group of verbs, under construction. Options are named as CLI11 names them:
// "-o,--output"; `type` stands for the value in the help.
class Command {
 public:
  Command Group(const std::string& name, const std::string& help);
  Command Verb(const std::string& name, const std::string& help);

  // Positional: it must be there, may be there, one or more must be, or any number may be.
  Command& Argument(const std::string& name, std::string& value, const std::string& help);
  Command& OptionalArgument(const std::string& name, std::string& value, const std::string& help);
  Command& Arguments(const std::string& name, std::vector<std::string>& values,
                     const std::string& help);
  Command& OptionalArguments(const std::string& name, std::vector<std::string>& values,
                             const std::string& help);

  Command& Option(const std::string& name, const std::string& type, std::string& value,
                  const std::string& help);
  Command& Option(const std::string& name, const std::string& type, int& value,
                  const std::string& help);
  Command& Option(const std::string& name, const std::string& type,
                  std::vector<std::string>& values, const std::string& help);
  Command& Option(const std::string& name, std::optional<absl::Duration>& value,
                  const std::string& help);
  Command& Choice(const std::string& name, const std::vector<std::string>& choices,
                  std::string& value, const std::string& help);
  Command& Flag(const std::string& name, bool& value, const std::string& help);
  // --watch, or --watch=INTERVAL.
  Command& Watch(std::optional<absl::Duration>& interval, const std::string& help);

  // What the verb does.
  void Run(Action action);

 private:
  friend class CommandLine;
  using Actions = std::map<const CLI::App*, Action>;

  Command(CLI::App* app, Actions* actions) : app_(app), actions_(actions) {}

  CLI::App* app_;
  Actions* actions_;
};

// What the tree holds, for the completion of shells.
struct CommandInfo {
  struct Option {
    std::vector<std::string> names;  // "-o", "--output"
    std::string help;
    bool takes_value = false;
  };
  std::string name;
  std::string help;
  std::vector<Option> options;
  std::vector<CommandInfo> commands;
};

class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& description, const std::string& version);
  ~CommandLine();

  // Verbs of `root` take its options too, wherever these stand.
  Command root();

  // The action that was asked for; nothing but the printing of help or version where these were.
  // Throws Failure with kUsage, with what was probably meant.
  Action Parse(const std::vector<std::string>& arguments, std::ostream& out);

  CommandInfo Describe() const;

 private:
  std::unique_ptr<CLI::App> app_;
  Command::Actions actions_;
};

}  // namespace troupe::admin::cli
