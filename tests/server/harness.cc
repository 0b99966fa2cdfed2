#include "tests/server/harness.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "runtime/config/load.h"

namespace troupe {
namespace {

constexpr std::chrono::seconds kPatience{20};

std::string OwnProgram() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

int EntriesOf(const char* directory) {
  int count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
  return count;
}

absl::StatusOr<config::Loaded> Load(const Settings& settings, std::string_view yaml) {
  config::Inputs inputs;
  inputs.file = config::NamedText{"test.yaml", std::string(yaml)};
  for (const std::string& setting : settings) inputs.sets.push_back({setting, "--set"});
  return config::Compose(inputs, kOnePool, {.services = {"test"}, .check_options = nullptr});
}

}  // namespace

const char kOnePool[] = R"(
http: [{address: '127.0.0.1:0'}]
reactors: {count: 2}
timeouts: {linger: 50ms}
drain: {read: 10ms, timeout: 500ms}
pools:
  - {name: test, service: test, restart: {backoff_min: 1ms, backoff_max: 10ms}}
routes:
  - {path: '/*', pool: test}
)";

bool Eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// But for programs and libraries, which stay open once one of their functions has been named.
int OpenDescriptors() {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;  // the one that lists
    const std::string target = std::filesystem::read_symlink(entry, gone).string();
    const bool code = target.find(".so") != std::string::npos || target == OwnProgram();
    if (!code) ++count;
  }
  return count;
}
int Threads() { return EntriesOf("/proc/self/task"); }

RunningServer::RunningServer(const Settings& settings, std::string_view yaml,
                             const MemorySource& memory)
    : descriptors_before_(OpenDescriptors()), threads_before_(Threads()) {
  std::promise<void> ready;
  thread_ = std::thread(
      [&, yaml = std::string(yaml)] { Serve(settings, yaml, memory, [&] { ready.set_value(); }); });
  ready.get_future().wait();
  if (server_ != nullptr) return;
  thread_.join();
  throw std::runtime_error(start_error_);
}

RunningServer::~RunningServer() {
  server_->BeginDrain();
  done_.set_value();
  thread_.join();
  EXPECT_EQ(stage_.inside, 0) << "a handler's frame leaks";
  EXPECT_EQ(stage_.services, 0) << "a service was not stopped";
  EXPECT_TRUE(Eventually([&] { return OpenDescriptors() == descriptors_before_; }))
      << OpenDescriptors() << " descriptors, before " << descriptors_before_;
  EXPECT_TRUE(Eventually([&] { return Threads() == threads_before_; }))
      << Threads() << " threads, before " << threads_before_;
}

// From start to end on one thread, as Server wants it.
void RunningServer::Serve(const Settings& settings, std::string_view yaml,
                          const MemorySource& memory, std::function<void()> ready) {
  absl::StatusOr<config::Loaded> loaded = Load(settings, yaml);
  absl::Status status = loaded.status();
  if (status.ok()) {
    auto server = Server::Start(loaded->config, {TestServiceEntry(stage_)}, 1, memory);
    status = server.status();
    if (status.ok()) server_ = *std::move(server);
  }
  start_error_ = std::string(status.message());
  ready();
  if (server_ == nullptr) return;
  server_->Run();
  drained_ = true;
  CheckNothingIsLeft();
  done_.get_future().wait();
  server_.reset();
}

void RunningServer::CheckNothingIsLeft() const {
  EXPECT_TRUE(InFlight(0)) << Ledger().in_flight << " requests are lost";
  EXPECT_TRUE(Connections(0));
  EXPECT_TRUE(Balanced(Ledger()));
}

Client RunningServer::NewClient(size_t listener) const {
  Client client(address(listener));
  EXPECT_TRUE(client.Connect());
  return client;
}

bool RunningServer::Counts(telemetry::Outcome outcome, uint64_t count) const {
  return Eventually([&] { return Ledger().Of(outcome) == count; });
}

bool RunningServer::InFlight(uint64_t count) const {
  return Eventually([&] { return Ledger().in_flight == count; });
}

bool RunningServer::Connections(int64_t count) const {
  return Eventually([&] { return server_->connections() == count; });
}

bool RunningServer::Begun(int count) const {
  return Eventually([&] { return stage_.begun == count; });
}

bool RunningServer::Inside(int count) const {
  return Eventually([&] { return stage_.inside == count; });
}

}  // namespace troupe
