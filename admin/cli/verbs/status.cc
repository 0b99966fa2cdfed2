#include <algorithm>

#include "admin/cli/format.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/server.pb.h"

namespace troupe::admin::cli {
namespace {

constexpr size_t kSuggestionsMax = 3;

std::string Revision(const v1::ServerStatus& status) {
  return std::to_string(status.revision()) +
         (status.revision_unconfirmed() ? ", reverted soon unless confirmed" : "");
}

Cell Memory(const v1::MemoryStatus& memory) {
  const bool normal = memory.level() == v1::MemoryStatus::NORMAL;
  return {EnumText(memory.level()) + ", " + Bytes(static_cast<double>(memory.used_bytes())) +
              " of " + Bytes(static_cast<double>(memory.limit_bytes())),
          normal ? Tone::kPlain : Tone::kCareful};
}

void ShowSummary(const v1::ServerStatus& status, Page& page) {
  Table table;
  table.Add({"trouped", status.version() + ", " + status.build()});
  table.Add({"process", std::to_string(status.pid()) + " on " + status.host() + ", up " +
                            TextIf(status.has_uptime(), status.uptime())});
  table.Add({"phase", StateCell(EnumText(status.phase()))});
  table.Add({"revision", Revision(status)});
  table.Add({"connections", Of(status.connections(), status.connections_max())});
  table.Add({"in flight", std::to_string(status.in_flight())});
  table.Add({"limits", Count(status.processors(), "processor") + ", " +
                           Count(status.descriptors_max(), "descriptor")});
  if (status.has_memory()) table.Add({"memory", Memory(status.memory())});
  for (const auto& [pool, state] : status.pools_not_running()) {
    table.Add({"pool " + ShortName(pool), StateCell(state)});
  }
  page.Add(table);
}

void ShowListeners(const v1::ServerStatus& status, Page& page) {
  Table table({"LISTENER", "FOR", "STATE", "ROLE", "TLS"});
  for (const v1::ListenerStatus& listener : status.listeners()) {
    table.Add({listener.address(), listener.purpose(), listener.open() ? "open" : "closed",
               listener.role().empty() ? kNone : listener.role(), listener.tls() ? "yes" : "no"});
  }
  page.Section("listeners");
  page.Add(table);
}

void ShowReactors(const v1::ServerStatus& status, Page& page) {
  Table table({"REACTOR", "STATE", "CONNECTIONS", "IN FLIGHT", "LATENCY", "REVISION"});
  for (const v1::ReactorStatus& reactor : status.reactors()) {
    table.Add({std::to_string(reactor.index()),
               reactor.responsive() ? StateCell("OK") : Cell("blocked", Tone::kBad),
               std::to_string(reactor.connections()), std::to_string(reactor.in_flight()),
               TextIf(reactor.has_latency(), reactor.latency()),
               std::to_string(reactor.revision())});
  }
  page.Section("reactors");
  page.Add(table);
}

void Show(const v1::ServerStatus& status, Page& page) {
  ShowSummary(status, page);
  ShowListeners(status, page);
  ShowReactors(status, page);
  for (const std::string& warning : status.warnings()) page.Remark("warning: " + warning);
  for (const std::string& part : status.unresponsive()) {
    page.Remark(part + " did not answer in time; what it would say is missing here");
  }
  if (status.log_lines_dropped() > 0) {
    page.Remark("the log has lost " + Count(status.log_lines_dropped(), "line") +
                ": nobody reads standard error fast enough");
  }
}

// What helps most in this state first.
std::vector<std::string> Suggestions(const v1::ServerStatus& status) {
  std::vector<std::string> suggestions;
  for (const auto& [pool, state] : status.pools_not_running()) {
    suggestions.push_back("troupectl pool get " + ShortName(pool) + "   why it is " + state);
    if (state == "FAILED") suggestions.push_back("troupectl crash ls   what its workers died of");
  }
  if (status.revision_unconfirmed()) {
    suggestions.push_back("troupectl config confirm   keep this revision");
  }
  if (status.phase() == v1::ServerStatus::DRAINING || status.phase() == v1::ServerStatus::DRAINED) {
    suggestions.push_back("troupectl undrain   back to serving");
  }
  for (const char* always : {"troupectl pool ls --watch   load and waiting times",
                             "troupectl req slow   where the slowest requests spent their time",
                             "troupectl --help   all verbs"}) {
    suggestions.emplace_back(always);
  }
  suggestions.resize(std::min(suggestions.size(), kSuggestionsMax));
  return suggestions;
}

v1::ServerStatus Fetch(Tool& tool) {
  return tool.Call<v1::ServerStatus>("Server.GetStatus", v1::GetStatusRequest());
}

}  // namespace

void AddStatus(Command group, Tool& tool) {
  auto watch = std::make_shared<std::optional<absl::Duration>>();
  Command verb = group.Verb("status", "What runs, in which phase, under which limits");
  verb.Watch(*watch, "Again every second, or every INTERVAL with --watch=INTERVAL");
  verb.Run(
      [&tool, watch] { tool.Repeat(*watch, [&] { tool.output().Print(Fetch(tool), Show); }); });
}

void RunStatus(Tool& tool) {
  const v1::ServerStatus status = Fetch(tool);
  tool.output().Print(status, Show);
  tool.output().Say("\ntry");
  for (const std::string& suggestion : Suggestions(status)) tool.output().Say("  " + suggestion);
}

}  // namespace troupe::admin::cli
