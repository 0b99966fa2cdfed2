// Files that the command line names. Blocking; any thread. Throws Failure with kUsage.
#pragma once

#include <string>

namespace troupe::admin::cli {

// The whole of a file, or of standard input for "-"; at most as much as a configuration may have.
std::string ReadInput(const std::string& path);

// A file of this process's user alone, in the folder for temporary files.
class Draft {
 public:
  explicit Draft(const std::string& text);
  // Removes the file unless Keep was called.
  ~Draft();
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  // Lets the user change it with $VISUAL, $EDITOR or vi; its text afterwards.
  std::string Edit() const;

  void Keep() { keep_ = true; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool keep_ = false;
};

}  // namespace troupe::admin::cli
