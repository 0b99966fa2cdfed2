// troupectl: shows and steers a running trouped.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "admin/cli/run.h"

int main(int argc, char** argv) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const char* no_colour = std::getenv("NO_COLOR");
  const bool colour = terminal && (no_colour == nullptr || *no_colour == '\0');
  const bool can_ask = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
  return troupe::admin::cli::RunTroupectl({argv + 1, argv + argc},
                                          {std::cout, std::cerr, terminal, colour, can_ask});
}
