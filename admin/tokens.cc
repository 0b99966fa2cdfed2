#include "admin/tokens.h"

#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/time/clock.h"
#include "runtime/config/text.h"
#include "runtime/telemetry/log.h"

namespace troupe::admin {
namespace {

constexpr size_t kSecretBytesMin = 22;  // 128 bits in base64
constexpr size_t kSecretBytesMax = 1024;
constexpr size_t kFileBytesMax = 1 << 20;
constexpr absl::Duration kLookEvery = absl::Seconds(1);

bool IsOwnGroup(gid_t group) {
  if (group == getegid()) return true;
  std::vector<gid_t> groups(static_cast<size_t>(std::max(0, getgroups(0, nullptr))));
  const int count = getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<size_t>(std::max(0, count)));
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

// Only its owner may use it; or this server's group may read it, as Kubernetes gives out secrets:
// of root, 0440, with the group that fsGroup names.
bool IsPrivate(const struct stat& info) {
  if ((info.st_mode & (S_IRWXO | S_IWGRP | S_IXGRP)) != 0) return false;
  if ((info.st_mode & S_IRGRP) == 0) return true;
  return (info.st_uid == 0 || info.st_uid == geteuid()) && IsOwnGroup(info.st_gid);
}

absl::StatusOr<std::string> ReadPrivately(const std::string& path) {
  struct stat info {};
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (!file || stat(path.c_str(), &info) != 0 || !(text << file.rdbuf())) {
    return absl::FailedPreconditionError(
        config::Concat("admin.tokens_file: cannot read ", path, "; name a file with tokens in it"));
  }
  if (!IsPrivate(info)) {
    return absl::FailedPreconditionError(config::Concat(
        "admin.tokens_file: others may read or write ", path, "; allow only its owner: chmod 0600 ",
        path, ", or reading by this server's own group: chmod 0640"));
  }
  if (text.str().size() > kFileBytesMax) {
    return absl::FailedPreconditionError(
        config::Concat("admin.tokens_file: ", path, " is over 1 MiB large"));
  }
  return text.str();
}

absl::StatusOr<std::vector<Token>> ReadTokens(const std::string& path) {
  absl::StatusOr<std::string> text = ReadPrivately(path);
  if (!text.ok()) return text.status();
  return ParseTokens(*text);
}

}  // namespace

absl::StatusOr<std::vector<Token>> ParseTokens(std::string_view text) {
  std::vector<Token> tokens;
  int number = 0;
  for (std::string_view line : config::Split(text, '\n')) {
    ++number;
    line = config::Strip(line);
    if (line.empty() || line.front() == '#') continue;
    auto refuse = [&](std::string_view why) {
      return absl::InvalidArgumentError(
          config::Concat("admin.tokens_file: line ", number, " ", why));
    };
    std::vector<std::string_view> parts = config::Split(line, ':');
    if (parts.size() != 3) return refuse("is not ROLE:NAME:TOKEN");
    Role role = config::v1::Admin::ROLE_UNSPECIFIED;
    if (!config::v1::Admin::Role_Parse(std::string(parts[0]), &role) ||
        role == config::v1::Admin::ROLE_UNSPECIFIED) {
      return refuse("has no role; it is OBSERVER, VIEWER, OPERATOR or ADMIN");
    }
    if (parts[1].empty()) return refuse("has no name, by which the audit log calls its holder");
    if (parts[2].size() < kSecretBytesMin || parts[2].size() > kSecretBytesMax) {
      return refuse("has a token of the wrong length; make one with `openssl rand -base64 32`");
    }
    tokens.push_back({role, std::string(parts[1]), std::string(parts[2])});
  }
  return tokens;
}

absl::StatusOr<std::unique_ptr<TokenFile>> TokenFile::Open(const std::string& path) {
  std::unique_ptr<TokenFile> file(new TokenFile(path));
  if (absl::Status status = file->Reload(); !status.ok()) return status;
  return file;
}

absl::Status TokenFile::Reload() {
  const Version version = VersionOf(path_);
  absl::StatusOr<std::vector<Token>> tokens = ReadTokens(path_);
  const std::lock_guard lock(mutex_);
  version_ = version;  // of what cannot be used too, or it would be said every second
  if (!tokens.ok()) return tokens.status();
  tokens_ = *std::move(tokens);
  return absl::OkStatus();
}

TokenFile::Version TokenFile::VersionOf(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return {};
  return {info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

bool TokenFile::HasChanged() {
  const std::lock_guard lock(mutex_);
  const absl::Time now = absl::Now();
  if (now - looked_ < kLookEvery) return false;
  looked_ = now;
  return VersionOf(path_) != version_;
}

std::optional<Token> TokenFile::Find(std::string_view secret) {
  if (HasChanged()) {
    const absl::Status status = Reload();
    if (status.ok()) {
      telemetry::LogInfo("admin", "read the tokens again");
    } else {
      telemetry::LogError(
          "admin", config::Concat("the tokens stay as they were: ", std::string(status.message())));
    }
  }
  const std::lock_guard lock(mutex_);
  std::optional<Token> found;
  for (const Token& token : tokens_) {  // to the end, whatever was found
    const bool same = token.secret.size() == secret.size() &&
                      CRYPTO_memcmp(token.secret.data(), secret.data(), secret.size()) == 0;
    if (same) found = token;
  }
  return found;
}

}  // namespace troupe::admin
