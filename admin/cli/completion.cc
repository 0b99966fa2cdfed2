#include "admin/cli/completion.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "runtime/config/text.h"

namespace troupe::admin::cli {
namespace {

using config::Append;
using config::Concat;
using Visitor = std::function<void(const CommandInfo& command, const std::string& path)>;

// Each command with the words that lead to it: "troupectl pool ls".
void ForEach(const CommandInfo& command, const std::string& path, const Visitor& visit) {
  visit(command, path);
  for (const CommandInfo& child : command.commands) ForEach(child, path + " " + child.name, visit);
}

std::string SingleQuoted(const std::string& text) {
  return Concat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// A case of the shell's for each command below the root: the words that lead further down.
std::string PathCases(const CommandInfo& root) {
  std::string cases;
  ForEach(root, root.name, [&](const CommandInfo&, const std::string& path) {
    if (path != root.name) Append(cases, cases.empty() ? "" : "|", "'", path, "'");
  });
  return cases;
}

std::vector<std::string> VerbsOf(const CommandInfo& command) {
  std::vector<std::string> names;
  for (const CommandInfo& child : command.commands) names.push_back(child.name);
  return names;
}

// Its long options, and those of the root, which stand anywhere.
std::vector<std::string> OptionsOf(const CommandInfo& command, const CommandInfo& root) {
  std::vector<std::string> names;
  for (const CommandInfo* part : {&command, &root}) {
    for (const CommandInfo::Option& option : part->options) {
      const std::string& name = option.names.back();
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

}  // namespace

std::string BashCompletion(const CommandInfo& root) {
  std::string text = Concat("# bash completion of ", root.name, "\n_", root.name,
                            "() {\n"
                            "  local path=",
                            root.name,
                            " word words=''\n"
                            "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                            "    case \"$path $word\" in\n"
                            "      ",
                            PathCases(root),
                            ") path=\"$path $word\" ;;\n"
                            "    esac\n"
                            "  done\n"
                            "  case $path in\n");
  ForEach(root, root.name, [&](const CommandInfo& command, const std::string& path) {
    std::vector<std::string> words = VerbsOf(command);
    for (std::string& option : OptionsOf(command, root)) words.push_back(std::move(option));
    Append(text, "    '", path, "') words='", absl::StrJoin(words, " "), "' ;;\n");
  });
  Append(text,
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\n"
         "complete -o default -F _",
         root.name, " ", root.name, "\n");
  return text;
}

std::string ZshCompletion(const CommandInfo& root) {
  std::string text = Concat("#compdef ", root.name, "\n_", root.name,
                            "() {\n"
                            "  local path_=",
                            root.name,
                            " word\n"
                            "  local -a options verbs\n"
                            "  for word in ${words[2,CURRENT-1]}; do\n"
                            "    case \"$path_ $word\" in\n"
                            "      ",
                            PathCases(root),
                            ") path_=\"$path_ $word\" ;;\n"
                            "    esac\n"
                            "  done\n"
                            "  case $path_ in\n");
  ForEach(root, root.name, [&](const CommandInfo& command, const std::string& path) {
    Append(text, "    '", path, "')\n      verbs=(");
    for (const CommandInfo& child : command.commands) {
      Append(text, " ", SingleQuoted(Concat(child.name, ":", child.help)));
    }
    Append(text, ")\n      options=(", absl::StrJoin(OptionsOf(command, root), " "), ") ;;\n");
  });
  Append(text,
         "  esac\n"
         "  (( $#verbs )) && _describe verb verbs || _files\n"
         "  [[ ${words[CURRENT]} == -* ]] && compadd -a options\n"
         "}\n"
         "compdef _",
         root.name, " ", root.name, "\n");
  return text;
}

std::string FishCompletion(const CommandInfo& root) {
  const std::string at = Concat("__", root.name, "_at");
  std::string text = Concat("# fish completion of ", root.name, "\nfunction ", at,
                            "\n"
                            "  set -l path ",
                            root.name,
                            "\n"
                            "  for word in (commandline -opc)[2..-1]\n"
                            "    switch \"$path $word\"\n"
                            "      case ",
                            absl::StrReplaceAll(PathCases(root), {{"|", " "}}),
                            "\n"
                            "        set path \"$path $word\"\n"
                            "    end\n"
                            "  end\n"
                            "  test \"$path\" = \"$argv[1]\"\n"
                            "end\n");
  ForEach(root, root.name, [&](const CommandInfo& command, const std::string& path) {
    // The root's options may stand anywhere.
    const std::string condition = &command == &root ? "" : Concat(" -n \"", at, " '", path, "'\"");
    for (const CommandInfo& child : command.commands) {
      Append(text, "complete -c ", root.name, " -n \"", at, " '", path, "'\" -f -a ", child.name,
             " -d ", SingleQuoted(child.help), "\n");
    }
    for (const CommandInfo::Option& option : command.options) {
      Append(text, "complete -c ", root.name, condition);
      for (const std::string& name : option.names) {
        Append(text, name.size() == 2 ? " -s " : " -l ", name.substr(name.size() == 2 ? 1 : 2));
      }
      Append(text, option.takes_value ? " -r" : "", " -d ", SingleQuoted(option.help), "\n");
    }
  });
  return text;
}

}  // namespace troupe::admin::cli
