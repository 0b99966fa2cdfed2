#include "admin/cli/format.h"
#include "admin/cli/verbs/verbs.h"
#include "runtime/config/values.h"
#include "troupe/admin/v1/stats.pb.h"

namespace troupe::admin::cli {
namespace {

constexpr int64_t kFirst = 1;
// The server sends what it keeps at once; when nothing has come for so long, that was all.
constexpr absl::Duration kQuiet = absl::Milliseconds(500);

struct EventsOptions {
  v1::WatchEventsRequest request;
  std::string since;
  bool follow = false;
};

void Show(const v1::Event& event, Page& page) {
  const std::string pool = event.pool().empty() ? "" : " " + ShortName(event.pool());
  page.Add(std::to_string(event.sequence()) + " " + Text(event.time()) + " " + event.kind() + pool +
           ": " + event.text());
}

int64_t FirstWanted(const EventsOptions& options) {
  if (options.since.empty()) return kFirst;
  if (options.since == "now") return 0;
  const absl::StatusOr<uint64_t> number = config::ParseNumber(options.since);
  if (number.ok() && *number > 0 && *number <= INT64_MAX) return static_cast<int64_t>(*number);
  throw Failure(ExitCode::kUsage,
                "--since takes the number of an event, as events shows it, or now");
}

void Print(Tool& tool, const EventsOptions& options) {
  v1::WatchEventsRequest request = options.request;
  request.set_start_sequence(FirstWanted(options));
  Client::StreamLimits limits{tool.timeout_given(), std::nullopt};
  if (!options.follow) limits.quiet = kQuiet;
  v1::Event event;
  tool.client().Stream("Stats.WatchEvents", request, event, limits, [&] {
    tool.output().PrintNext(event, Show);
    return true;
  });
}

}  // namespace

void AddEvents(Command group, Tool& tool) {
  auto options = std::make_shared<EventsOptions>();
  Command verb = group.Verb("events", "What happened: deaths, drains, changes");
  verb.Flag("-f,--follow", options->follow, "Stay and print events as they happen");
  verb.Option("--since", "SEQUENCE", options->since,
              "From this event on; now: only those to come. Without: all that are kept");
  verb.Option("--filter", "FILTER", *options->request.mutable_filter(),
              "Only what matches: 'kind = \"worker-died\" AND pool = \"pools/echo\"'");
  verb.Run([&tool, options] { Print(tool, *options); });
}

}  // namespace troupe::admin::cli
