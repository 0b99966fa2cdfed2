#include "admin/cli/files.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "admin/cli/failure.h"
#include "runtime/config/text.h"
#include "runtime/config/yaml_tree.h"

namespace troupe::admin::cli {
namespace {

constexpr char kSuffix[] = ".yaml";  // editors colour by it

std::string EnvironmentOr(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

// Runs `command` with `path` as its last argument, as a shell would.
bool RunEditor(const std::string& command, const std::string& path) {
  const std::string script = command + " \"$1\"";
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", script.c_str(), "sh", path.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

std::string ReadInput(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& input = path == "-" ? std::cin : file;
  std::string text(config::kYamlBytesMax + 1, '\0');
  if (input) input.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (input.bad() || (path != "-" && !file.is_open())) {
    throw Failure(ExitCode::kUsage, config::Concat("cannot read ", path, "; does the file exist?"));
  }
  text.resize(static_cast<size_t>(input.gcount()));
  if (text.size() > config::kYamlBytesMax) {
    throw Failure(ExitCode::kUsage, config::Concat(path, " is larger than 1 MiB"));
  }
  return text;
}

Draft::Draft(const std::string& text)
    : path_(EnvironmentOr("TMPDIR", "/tmp") + "/troupectl-XXXXXX" + kSuffix) {
  const int fd = mkstemps(path_.data(), sizeof(kSuffix) - 1);
  const bool written =
      fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (fd >= 0) close(fd);
  if (!written) {
    throw Failure(ExitCode::kUsage,
                  config::Concat("cannot write ", path_, "; TMPDIR names another folder"));
  }
}

Draft::~Draft() {
  if (!keep_) unlink(path_.c_str());
}

std::string Draft::Edit() const {
  const std::string editor = EnvironmentOr("VISUAL", EnvironmentOr("EDITOR", "vi"));
  if (!RunEditor(editor, path_)) {
    throw Failure(ExitCode::kUsage,
                  config::Concat("the editor ", editor, " failed; EDITOR names another one"));
  }
  return ReadInput(path_);
}

}  // namespace troupe::admin::cli
