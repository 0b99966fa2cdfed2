// Bearer tokens: read from a file that only its owner, or the server's own group, may read,
// compared in constant time, and read again on demand and when the file has changed, so that they
// can be rotated. Any thread.
#pragma once

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "admin/access.h"

namespace troupe::admin {

struct Token {
  Role role;
  std::string name;
  std::string secret;
};

// Lines of ROLE:NAME:TOKEN; empty ones and those that begin with # are left out. INVALID_ARGUMENT
// names the line, never the token.
absl::StatusOr<std::vector<Token>> ParseTokens(std::string_view text);

class TokenFile {
 public:
  // FAILED_PRECONDITION when the file cannot be read or somebody else could read it.
  static absl::StatusOr<std::unique_ptr<TokenFile>> Open(const std::string& path);

  // On an error the tokens stay as they were.
  absl::Status Reload();
  // Takes as long for a wrong token as for a right one. Looks once a second whether the file has
  // changed.
  std::optional<Token> Find(std::string_view secret);

 private:
  explicit TokenFile(std::string path) : path_(std::move(path)) {}

  // What another content of the file differs in: device, inode, size, time of modification.
  using Version = std::tuple<dev_t, ino_t, off_t, time_t, long>;

  static Version VersionOf(const std::string& path);
  bool HasChanged();

  const std::string path_;
  std::mutex mutex_;
  Version version_;
  absl::Time looked_ = absl::InfinitePast();
  std::vector<Token> tokens_;
};

}  // namespace troupe::admin
