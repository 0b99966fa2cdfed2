#include "admin/cli/completion.h"

#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {

void AddCompletion(Command group, Tool& tool, const CommandLine& line) {
  Command command = group.Group("completion", "Completion of verbs and options for a shell");
  struct Shell {
    const char* name;
    const char* help;
    std::string (*script)(const CommandInfo&);
  };
  for (const Shell& shell : {Shell{"bash", "source <(troupectl completion bash)", BashCompletion},
                             Shell{"zsh", "source <(troupectl completion zsh)", ZshCompletion},
                             Shell{"fish", "troupectl completion fish | source", FishCompletion}}) {
    command.Verb(shell.name, shell.help).Run([&tool, &line, script = shell.script] {
      tool.output().PrintText(script(line.Describe()));
    });
  }
}

}  // namespace troupe::admin::cli
