#include "admin/cli/errors.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "runtime/config/text.h"
#include "runtime/version.h"

namespace troupe::admin::cli {
namespace {

using config::Concat;

// The codes that get more than the server's own sentence (google.rpc.Code).
enum Code {
  kDeadlineExceeded = 4,
  kPermissionDenied = 7,
  kAborted = 10,
  kUnimplemented = 12,
  kUnauthenticated = 16,
};

ExitCode ExitCodeOf(const CallError& error) {
  if (!error.answered) return ExitCode::kUnreachable;
  switch (error.code) {
    case kAborted:
      return ExitCode::kStale;
    case kDeadlineExceeded:
      return ExitCode::kTimeout;
    default:
      return ExitCode::kRefused;
  }
}

// The server's sentence without its full stop, so that more can follow.
std::string Said(const CallError& error) {
  std::string_view text = error.message;
  config::ConsumeSuffix(text, ".");
  return text.empty() ? error.method + " failed without a reason" : std::string(text);
}

std::string Sentence(const CallError& error) {
  std::string said = Said(error);
  if (!error.answered) {
    return Concat("nothing answers at ", error.target, " (", said,
                  "); is trouped running there? --target names another address");
  }
  switch (error.code) {
    case kDeadlineExceeded:
      return error.details.empty() ? "no answer in time; a longer --timeout waits longer" : said;
    case kPermissionDenied:
      return said + "; --target names the socket, --token-file a token";
    case kAborted:
      return said + "; read it again and repeat";
    case kUnimplemented:
      return Concat("the server does not know ", error.method,
                    ": it is not of the version of this troupectl, ", kVersion);
    case kUnauthenticated:
      return said + "; give a token with --token-file, or a certificate with --cert and --key";
    default:
      return said;
  }
}

// A line for each field that is wrong, unless the sentence says it already.
std::string Violations(const CallError& error) {
  google::rpc::Status status;
  if (!status.ParseFromString(error.details)) return "";
  std::string lines;
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::BadRequest wrong;
    if (!detail.UnpackTo(&wrong)) continue;
    for (const auto& violation : wrong.field_violations()) {
      if (config::Contains(error.message, violation.field()) &&
          config::Contains(error.message, violation.description())) {
        continue;
      }
      config::Append(lines, "\n  ", violation.field(), ": ", violation.description());
    }
  }
  return lines;
}

}  // namespace

Failure ExplainError(const CallError& error) {
  return {ExitCodeOf(error), Sentence(error) + Violations(error)};
}

}  // namespace troupe::admin::cli
