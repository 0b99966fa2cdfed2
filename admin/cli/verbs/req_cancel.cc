#include "admin/cli/format.h"
#include "admin/cli/request_page.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {
namespace {

struct ReqCancelOptions {
  std::vector<std::string> requests;
  std::string filter;
  std::string reason;
  bool dry_run = false;
};

void ShowOne(const v1::CancelRequestResponse& response, Page& page) {
  ShowRequest(response.request(), page);
}

void ShowMany(const v1::CancelRequestsResponse& response, Page& page) {
  Table table;
  table.Add({"cancelled", std::to_string(response.cancelled_count())});
  page.Add(table);
  for (const std::string& part : response.unresponsive()) {
    page.Remark(part + " did not answer in time; what matches there goes on");
  }
}

void CancelMatching(Tool& tool, const ReqCancelOptions& options) {
  v1::CancelRequestsRequest request;
  request.set_filter(options.filter);
  request.set_validate_only(options.dry_run);
  request.set_reason(options.reason);
  tool.output().Print(tool.Call<v1::CancelRequestsResponse>("Requests.CancelRequests", request),
                      ShowMany);
  if (options.dry_run) tool.output().Say("none was cancelled: so many would be");
}

void CancelEach(Tool& tool, const ReqCancelOptions& options) {
  for (const std::string& id : options.requests) {
    v1::CancelRequestRequest request;
    request.set_name(FullName("requests", id));
    request.set_reason(options.reason);
    tool.output().PrintNext(tool.Call<v1::CancelRequestResponse>("Requests.CancelRequest", request),
                            ShowOne);
  }
}

}  // namespace

void AddReqCancel(Command group, Tool& tool) {
  auto options = std::make_shared<ReqCancelOptions>();
  Command verb = group.Verb("cancel", "Ends requests with 503; their connections go on");
  verb.OptionalArguments("REQUEST", options->requests, "As req ls shows them");
  verb.Option("--filter", "FILTER", options->filter, "Instead: all that match, as in req ls");
  verb.Option("--reason", "TEXT", options->reason, "Why, for audit and events");
  verb.Flag("--dry-run", options->dry_run, "With --filter: say how many match, cancel none");
  verb.Run([&tool, options] {
    if (options->requests.empty() == options->filter.empty()) {
      throw Failure(ExitCode::kUsage,
                    "name the requests, or say which with --filter, and not both; 'age >= 0s' "
                    "matches all");
    }
    if (options->dry_run && options->filter.empty()) {
      throw Failure(ExitCode::kUsage, "--dry-run counts what --filter matches; give --filter");
    }
    options->filter.empty() ? CancelEach(tool, *options) : CancelMatching(tool, *options);
  });
}

}  // namespace troupe::admin::cli
