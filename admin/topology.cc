#include "admin/topology.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"

namespace troupe::admin {
namespace {

using google::protobuf::util::TimeUtil;
using Node = v1::Topology::Node;

constexpr size_t kConnectionsMax = 32;  // of one reactor

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

void AddPool(const v1::Pool& pool, const std::vector<v1::Worker>& workers, Node& supervisor) {
  Node& node = *supervisor.add_children();
  node.set_kind("pool");
  node.set_name(pool.name());
  node.set_state(v1::Pool::State_Name(pool.state()));
  node.set_activity(pool.state_reason());
  *node.mutable_activity_time() = pool.state_time();
  node.set_in_flight(pool.in_flight());
  node.set_queue_depth(pool.queue_depth());
  if (pool.has_queue_wait_p95()) *node.mutable_queue_wait_p95() = pool.queue_wait_p95();
  node.set_busy_share(pool.busy_share());
  node.set_restarts(pool.restarts());
  for (const v1::Worker& worker : workers) {
    if (absl::StartsWith(worker.name(), pool.name() + "/")) AddWorker(worker, node);
  }
}

// Of all pools' supervisors, which are shown as their pools.
void AddSupervisor(Control& control, v1::Topology& topology, Node& root) {
  Node& node = *root.add_children();
  node.set_kind("supervisor");
  node.set_name("root");
  absl::StatusOr<std::vector<v1::Worker>> workers = control.Workers("pools/-");
  if (const std::optional<bool> lives = control.RootSupervisorLives()) {
    node.set_state(*lives ? "RUNNING" : "DEAD");
  }
  if (!workers.ok()) {
    topology.add_unresponsive("control");
    workers.emplace();
  }
  for (const v1::Pool& pool : control.Pools()) AddPool(pool, *workers, node);
}

void AddConnection(const v1::Connection& connection, Node& reactor) {
  Node& node = *reactor.add_children();
  node.set_kind("connection");
  node.set_name(connection.name());
  node.set_state(v1::Connection::Phase_Name(connection.phase()));
  *node.mutable_activity_time() = TimeUtil::GetCurrentTime() - connection.phase_age();
  node.set_in_flight(connection.in_flight());
}

// Of those that are not idle the ones that have been at it for longest.
void AddConnections(const std::vector<v1::Connection>& connections, int index, Node& reactor) {
  std::vector<const v1::Connection*> busy;
  for (const v1::Connection& each : connections) {
    if (each.reactor() == index && each.phase() != v1::Connection::IDLE) busy.push_back(&each);
  }
  std::sort(busy.begin(), busy.end(),
            [](const auto* a, const auto* b) { return a->phase_age() > b->phase_age(); });
  busy.resize(std::min(busy.size(), kConnectionsMax));
  for (const v1::Connection* each : busy) AddConnection(*each, reactor);
}

void AddListener(const v1::ListenerStatus& listener, Node& root) {
  Node& node = *root.add_children();
  node.set_kind("listener");
  node.set_name(listener.address());
  node.set_state(listener.open() ? "OPEN" : "CLOSED");
  node.set_activity(listener.purpose());
}

void AddReactor(const v1::ReactorStatus& reactor, const std::vector<v1::Connection>& connections,
                Node& root) {
  Node& node = *root.add_children();
  node.set_kind("reactor");
  node.set_name(absl::StrCat("reactor-", reactor.index()));
  node.set_state(reactor.responsive() ? "RUNNING" : "BLOCKED");
  node.set_in_flight(reactor.in_flight());
  node.set_connections(reactor.connections());
  AddConnections(connections, reactor.index(), node);
}

}  // namespace

v1::Topology TopologyOf(Control& control) {
  v1::Topology topology;
  Node& root = *topology.mutable_root();
  const v1::ServerStatus status = control.Status();
  root.set_kind("server");
  root.set_name("server");
  root.set_state(v1::ServerStatus::Phase_Name(status.phase()));
  *root.mutable_activity_time() = status.start_time();
  root.set_in_flight(status.in_flight());
  root.set_connections(status.connections());
  AddSupervisor(control, topology, root);
  const Control::Listing<v1::Connection> connections = control.Connections();
  for (const v1::ReactorStatus& reactor : status.reactors()) {
    AddReactor(reactor, connections.items, root);
    if (!reactor.responsive()) topology.add_unresponsive(root.children().rbegin()->name());
  }
  for (const v1::ListenerStatus& listener : status.listeners()) AddListener(listener, root);
  return topology;
}

}  // namespace troupe::admin
