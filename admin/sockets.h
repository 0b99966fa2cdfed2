// Where the admin plane listens: its Unix sockets' paths, and whether an address needs credentials.
// Blocking; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace troupe::admin {

// The folder for admin.sock when the configuration says "auto": $RUNTIME_DIRECTORY, else
// $XDG_RUNTIME_DIR/troupe, else /run/troupe. `variable` looks up one of the environment.
std::string DefaultFolder(const std::function<std::optional<std::string>(const char*)>& variable);

// Makes the path's folder (0700) where it is missing and removes a socket that nobody serves.
// FAILED_PRECONDITION with what to do: no right to write there, another server is there, the path
// is too long, something else than a socket is there.
absl::Status PrepareSocket(const std::string& path);

// Sets mode and, unless it is empty, group of a socket that was bound.
absl::Status Protect(const std::string& path, int mode, const std::string& group);

// Files made while this lives are for their owner alone, so that a socket is never open to others,
// not even for a moment.
class PrivateUmask {
 public:
  PrivateUmask();
  ~PrivateUmask();
  PrivateUmask(const PrivateUmask&) = delete;
  PrivateUmask& operator=(const PrivateUmask&) = delete;

 private:
  const unsigned before_;
};

}  // namespace troupe::admin
