#include "admin/cli/format.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/pools.pb.h"

namespace troupe::admin::cli {
namespace {

using Node = v1::Topology::Node;

// What is not 0 of a node, so that quiet parts stay quiet.
std::string Load(const Node& node) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (node.connections() > 0) add(Count(node.connections(), "connection"));
  if (node.in_flight() > 0) add(std::to_string(node.in_flight()) + " in flight");
  if (node.queue_depth() > 0) add(std::to_string(node.queue_depth()) + " queued");
  if (node.has_queue_wait_p95()) add("wait p95 " + Text(node.queue_wait_p95()));
  if (node.busy_share() > 0) add(Percent(node.busy_share()) + " busy");
  if (node.restarts() > 0) add(Count(node.restarts(), "restart"));
  return text;
}

std::string Activity(const Node& node) {
  if (!node.has_activity_time()) return node.activity();
  return node.activity() + (node.activity().empty() ? "for " : " for ") +
         Since(node.activity_time());
}

// `lead` is what stands in front of the children of this node's parent.
void AddNode(const Node& node, const std::string& branch, const std::string& lead, Table& table) {
  const std::string state = node.state().empty() ? kNone : node.state();
  table.Add({branch + node.kind() + " " + ShortName(node.name()), StateCell(state), Load(node),
             Activity(node)});
  for (int i = 0; i < node.children_size(); ++i) {
    const bool last = i + 1 == node.children_size();
    AddNode(node.children(i), lead + (last ? "`- " : "|- "), lead + (last ? "   " : "|  "), table);
  }
}

void Show(const v1::Topology& topology, Page& page) {
  Table table({"NAME", "STATE", "LOAD", "DOES"});
  AddNode(topology.root(), "", "", table);
  page.Add(table);
  for (const std::string& part : topology.unresponsive()) {
    page.Remark(part + " did not answer in time; what hangs there is missing here");
  }
}

}  // namespace

void AddTree(Command group, Tool& tool) {
  auto watch = std::make_shared<std::optional<absl::Duration>>();
  Command verb =
      group.Verb("tree", "Pools, workers, reactors, connections, listeners and what each does");
  verb.Watch(*watch, "Again every second, or every INTERVAL with --watch=INTERVAL");
  verb.Run([&tool, watch] {
    tool.Repeat(*watch, [&] {
      tool.output().Print(tool.Call<v1::Topology>("Pools.GetTopology", v1::GetTopologyRequest()),
                          Show);
    });
  });
}

}  // namespace troupe::admin::cli
