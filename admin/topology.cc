#include "admin/topology.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace troupe::admin {
namespace {

using Node = v1::Topology::Node;

void AddWorker(const v1::Worker& worker, Node& pool) {
  Node& node = *pool.add_children();
  node.set_kind("worker");
  node.set_name(worker.name());
  node.set_state(v1::Worker::State_Name(worker.state()));
  node.set_activity(worker.activity());
  if (worker.has_activity_time()) *node.mutable_activity_time() = worker.activity_time();
  node.set_in_flight(worker.in_flight());
  node.set_restarts(worker.restarts());
}

void AddPool(const v1::Pool& pool, const std::vector<v1::Worker>& workers, Node& root) {
  Node& node = *root.add_children();
  node.set_kind("pool");
  node.set_name(pool.name());
  node.set_state(v1::Pool::State_Name(pool.state()));
  node.set_in_flight(pool.in_flight());
  node.set_queue_depth(pool.queue_depth());
  if (pool.has_queue_wait_p95()) *node.mutable_queue_wait_p95() = pool.queue_wait_p95();
  node.set_busy_share(pool.busy_share());
  node.set_restarts(pool.restarts());
  for (const v1::Worker& worker : workers) {
    if (absl::StartsWith(worker.name(), pool.name() + "/")) AddWorker(worker, node);
  }
}

void AddReactor(const v1::ReactorStatus& reactor, Node& root) {
  Node& node = *root.add_children();
  node.set_kind("reactor");
  node.set_name(absl::StrCat("reactor-", reactor.index()));
  node.set_state(reactor.responsive() ? "RUNNING" : "BLOCKED");
  node.set_in_flight(reactor.in_flight());
  node.set_connections(reactor.connections());
}

}  // namespace

v1::Topology TopologyOf(Control& control) {
  v1::Topology topology;
  Node& root = *topology.mutable_root();
  const v1::StatsSnapshot stats = control.Stats();
  root.set_kind("server");
  root.set_name("server");
  root.set_state(v1::ServerStatus::Phase_Name(stats.phase()));
  root.set_in_flight(stats.ledger().in_flight());
  root.set_connections(stats.connections());
  absl::StatusOr<std::vector<v1::Worker>> workers = control.Workers("pools/-");
  if (!workers.ok()) {
    topology.add_unresponsive("control");
    workers.emplace();
  }
  for (const v1::Pool& pool : stats.pools()) AddPool(pool, *workers, root);
  for (const v1::ReactorStatus& reactor : stats.reactors()) {
    AddReactor(reactor, root);
    if (!reactor.responsive()) topology.add_unresponsive(root.children().rbegin()->name());
  }
  return topology;
}

}  // namespace troupe::admin
