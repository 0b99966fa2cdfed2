#include "admin/cli/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>
#include <utility>

#include "absl/strings/str_join.h"
#include "admin/cli/failure.h"
#include "runtime/config/suggest.h"
#include "runtime/config/text.h"
#include "runtime/config/values.h"

namespace troupe::admin::cli {
namespace {

using config::Concat;

// What CLI11 calls with the text of an option that is a duration.
auto IntoDuration(std::optional<absl::Duration>& value) {
  return [&value](const std::string& text) {
    const absl::StatusOr<absl::Duration> duration = config::ParseDuration(text);
    if (!duration.ok()) {
      throw CLI::ValidationError(
          Concat(config::Quoted(text), " is no duration; write 500ms, 5s or 1m30s"));
    }
    value = *duration;
  };
}

// The command that the words named, as far as they did.
const CLI::App* Deepest(const CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

std::string PathOf(const CLI::App* app) {
  const CLI::App* parent = app->get_parent();
  return parent == nullptr ? app->get_name() : PathOf(parent) + " " + app->get_name();
}

std::vector<std::string> VerbNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands({})) names.push_back(verb->get_name());
  return names;
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// What is wrong with a word that nothing takes.
std::string Unknown(const std::string& word, const CLI::App& root, const CLI::App& command) {
  if (word.rfind('-', 0) == 0) {
    std::vector<std::string> known = OptionNames(command);
    if (&command != &root) {
      for (std::string& name : OptionNames(root)) known.push_back(std::move(name));
    }
    const std::string name = word.substr(0, word.find('='));
    const std::string closest = config::Closest(name, known);
    return Concat("there is no option ", name,
                  closest.empty() ? "" : Concat(": did you mean ", closest, "?"));
  }
  const std::vector<std::string> verbs = VerbNames(command);
  if (verbs.empty()) return Concat("nothing takes the argument ", config::Quoted(word));
  return Concat("there is no verb ", word, ": ", config::Suggestion(word, verbs));
}

std::string Sentence(const CLI::ParseError& error, const CLI::App& root) {
  const CLI::App* command = Deepest(&root);
  const std::vector<std::string> unknown = root.remaining(/*recurse=*/true);
  std::string wrong;
  if (!unknown.empty()) {
    wrong = Unknown(unknown.front(), root, *command);
  } else if (command->get_require_subcommand_min() > 0) {
    wrong = Concat("a verb is missing: ", absl::StrJoin(VerbNames(*command), ", "));
  } else {
    wrong = error.what();
  }
  return Concat(wrong, "; see ", PathOf(command), " --help");
}

CommandInfo InfoOf(const CLI::App& app) {
  CommandInfo info{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) continue;
    CommandInfo::Option described;
    for (const std::string& name : option->get_snames()) described.names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) described.names.push_back("--" + name);
    described.help = option->get_description();
    described.takes_value = option->get_expected_min() > 0;
    info.options.push_back(std::move(described));
  }
  for (const CLI::App* command : app.get_subcommands({})) {
    info.commands.push_back(InfoOf(*command));
  }
  return info;
}

}  // namespace

Command Command::Group(const std::string& name, const std::string& help) {
  CLI::App* group = app_->add_subcommand(name, help);
  group->require_subcommand(1);
  return {group, actions_};
}

Command Command::Verb(const std::string& name, const std::string& help) {
  CLI::App* verb = app_->add_subcommand(name, help);
  verb->footer("troupectl --help lists the options that all verbs take.");
  return {verb, actions_};
}

Command& Command::Argument(const std::string& name, std::string& value, const std::string& help) {
  app_->add_option(name, value, help)->required()->type_name("");
  return *this;
}

Command& Command::OptionalArgument(const std::string& name, std::string& value,
                                   const std::string& help) {
  app_->add_option(name, value, help)->type_name("");
  return *this;
}

Command& Command::Arguments(const std::string& name, std::vector<std::string>& values,
                            const std::string& help) {
  app_->add_option(name, values, help)->required()->type_name("");
  return *this;
}

Command& Command::OptionalArguments(const std::string& name, std::vector<std::string>& values,
                                    const std::string& help) {
  app_->add_option(name, values, help)->type_name("");
  return *this;
}

Command& Command::Option(const std::string& name, const std::string& type, std::string& value,
                         const std::string& help) {
  app_->add_option(name, value, help)->type_name(type);
  return *this;
}

Command& Command::Option(const std::string& name, const std::string& type, int& value,
                         const std::string& help) {
  app_->add_option(name, value, help)->type_name(type)->check(CLI::NonNegativeNumber);
  return *this;
}

Command& Command::Option(const std::string& name, const std::string& type,
                         std::vector<std::string>& values, const std::string& help) {
  app_->add_option(name, values, help)->type_name(type)->allow_extra_args(false);
  return *this;
}

Command& Command::Option(const std::string& name, std::optional<absl::Duration>& value,
                         const std::string& help) {
  app_->add_option(name, help)->type_name("DURATION")->each(IntoDuration(value));
  return *this;
}

Command& Command::Choice(const std::string& name, const std::vector<std::string>& choices,
                         std::string& value, const std::string& help) {
  app_->add_option(name, value, help)->type_name("FORM")->check(CLI::IsMember(choices));
  return *this;
}

Command& Command::Flag(const std::string& name, bool& value, const std::string& help) {
  app_->add_flag(name, value, help);
  return *this;
}

Command& Command::Watch(std::optional<absl::Duration>& interval, const std::string& help) {
  // A flag with a value of its own, so that it never takes the word after it.
  app_->add_flag("--watch{1s}", help)->each(IntoDuration(interval));
  return *this;
}

void Command::Run(Action action) { (*actions_)[app_] = std::move(action); }

CommandLine::CommandLine(const std::string& name, const std::string& description,
                         const std::string& version)
    : app_(std::make_unique<CLI::App>(description, name)) {
  app_->set_version_flag("--version", name + " " + version);
  app_->fallthrough();
  // With at most one, a pool may be called as a verb is.
  app_->require_subcommand(0, 1);
}

CommandLine::~CommandLine() = default;

Command CommandLine::root() { return {app_.get(), &actions_}; }

Action CommandLine::Parse(const std::vector<std::string>& arguments, std::ostream& out) {
  try {
    app_->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& asked) {  // help or version
    app_->exit(asked, out, out);
    return [] {};
  } catch (const CLI::ParseError& error) {
    throw Failure(ExitCode::kUsage, Sentence(error, *app_));
  }
  return actions_.at(Deepest(app_.get()));
}

CommandInfo CommandLine::Describe() const { return InfoOf(*app_); }

}  // namespace troupe::admin::cli
