#include "runtime/side_server.h"

#include <pthread.h>

#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/actors/compile.h"
#include "runtime/actors/front.h"
#include "runtime/actors/listen_socket.h"
#include "runtime/actors/listener.h"
#include "runtime/actors/pool_supervisor.h"
#include "runtime/config/defaults.h"
#include "runtime/reactor/actor_system.h"

namespace troupe {
namespace {

namespace v1 = config::v1;

// Enough for every prober and scraper; a flood of connections waits in the kernel.
constexpr int64_t kConnectionsMax = 128;
constexpr size_t kBuffersKeptBytes = 256 << 10;

v1::Config ConfigFor(const std::string& address, const std::string& service) {
  v1::Config config;
  config.add_http()->set_address(address);
  v1::Pool& pool = *config.add_pools();
  pool.set_name(service);
  pool.set_service(service);
  v1::Route& route = *config.add_routes();
  route.set_path("/*");
  route.set_pool(service);
  config::ApplyDefaults(config);
  return config;
}

Reactor::Options ReactorOptions() {
  Reactor::Options options;
  options.buffers_kept_bytes = kBuffersKeptBytes;
  return options;
}

}  // namespace

// In the order of construction; destroyed in its reverse.
struct SideServer::Parts {
  Parts(const std::string& address, ServiceEntry entry)
      : config(ConfigFor(address, entry.name)), services{std::move(entry)} {}

  absl::Status Build();
  absl::Status Run();
  void Stop();

  const v1::Config config;
  const std::vector<ServiceEntry> services;
  ActorSystem system;
  Pools pools;
  std::shared_ptr<const Snapshot> snapshot;
  ConnectionBudget budget;
  std::optional<BoundListener> bound;
  std::optional<Reactor> reactor;
  std::optional<Front> front;
  ActorRef<PoolSupervisor> supervisor;
  std::thread thread;
};

absl::Status SideServer::Parts::Build() {
  absl::StatusOr<Pools> made = MakePools(config, services, /*reactors=*/1, /*cpus=*/1);
  if (!made.ok()) return made.status();
  pools = *std::move(made);
  absl::StatusOr<std::shared_ptr<const Snapshot>> compiled = MakeSnapshot(config, pools);
  if (!compiled.ok()) return compiled.status();
  snapshot = *std::move(compiled);
  absl::StatusOr<BoundListener> listener = BindListener(config.http(0), /*reactors=*/1);
  if (!listener.ok()) return listener.status();
  bound.emplace(*std::move(listener));
  budget.max = kConnectionsMax;
  reactor.emplace(system.get(), ReactorOptions(), /*ledger_cell=*/nullptr);
  front.emplace(*reactor, snapshot, budget, /*access_log=*/nullptr);
  return absl::OkStatus();
}

// Until the thread runs, the caller's is the reactor's.
absl::Status SideServer::Parts::Run() {
  Pool& pool = *pools.front();
  pool.Attach({&*reactor});
  supervisor =
      LeanActor::Spawn<PoolSupervisor>(*reactor, *reactor, pool, std::vector<Reactor*>{&*reactor});
  supervisor->Start();
  Listener::Options options;
  options.address = bound->address;
  LeanActor::Spawn<Listener>(*reactor, *front, options, bound->fds.front())->Open();
  bound->fds.clear();  // the listener's now
  try {
    thread = std::thread([this] { reactor->Run(); });
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot start a thread (", error.what(), "); raise `ulimit -u` or TasksMax"));
  }
  pthread_setname_np(thread.native_handle(), pool.spec().name.c_str());
  return absl::OkStatus();
}

void SideServer::Parts::Stop() {
  if (!supervisor) return;
  reactor->Stop();
  if (thread.joinable()) thread.join();
  // The reactor is this thread's again.
  reactor->Post([this] {
    front->CloseListeners();
    front->KillAll();
    supervisor->Stop();
  });
  do {
    reactor->Step();
  } while (!supervisor->stopped());
  supervisor->End();
  pools.front()->Empty();
  reactor->Settle();
}

SideServer::SideServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

SideServer::~SideServer() { parts_->Stop(); }

absl::StatusOr<std::unique_ptr<SideServer>> SideServer::Start(const std::string& address,
                                                              ServiceEntry service) {
  auto parts = std::make_unique<Parts>(address, std::move(service));
  if (absl::Status status = parts->Build(); !status.ok()) return status;
  std::unique_ptr<SideServer> server(
      new SideServer(std::move(parts)));  // which stops what has been started
  if (absl::Status status = server->parts_->Run(); !status.ok()) return status;
  return server;
}

const std::string& SideServer::address() const { return parts_->bound->address; }

}  // namespace troupe
