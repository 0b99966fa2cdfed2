#include "runtime/program/main.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "admin/admin_server.h"
#include "admin/health/health_board.h"
#include "admin/health/health_service.h"
#include "runtime/actors/compile.h"
#include "runtime/config/listen_address.h"
#include "runtime/config/load.h"
#include "runtime/config/print.h"
#include "runtime/earlier_crashes.h"
#include "runtime/live_config.h"
#include "runtime/log_settings.h"
#include "runtime/program/banner.h"
#include "runtime/program/notify.h"
#include "runtime/reactor/signals.h"
#include "runtime/server.h"
#include "runtime/service.h"
#include "runtime/side_server.h"
#include "runtime/telemetry/fatal_handler.h"
#include "runtime/telemetry/log.h"
#include "runtime/version.h"

namespace troupe {
namespace {

constexpr int kExitUsage = 2;

struct CommandLine {
  std::optional<std::string> config_file;
  std::optional<std::string> check_file;
  std::vector<std::string> env_files;
  std::vector<std::string> sets;
  std::vector<std::string> http;
  std::optional<std::string> health;
  std::optional<int> reactors;
  std::optional<std::string> admin;
  bool print_config = false;
};

void Declare(CLI::App& app, CommandLine& line) {
  app.add_option("--config", line.config_file,
                 "Configuration, YAML or JSON; docs/CONFIG.md lists every setting")
      ->type_name("FILE");
  app.add_option("--env-file", line.env_files,
                 "File of TROUPE_NAME=VALUE lines, applied over the configuration")
      ->type_name("FILE");
  app.add_option("--set", line.sets,
                 "Sets one field, over everything else: --set limits.body_bytes_max=2MiB")
      ->type_name("PATH=VALUE");
  app.add_option("--http", line.http,
                 "Address to serve HTTP on, for http[0].address; repeat for more (127.0.0.1:8080)")
      ->type_name("ADDRESS");
  app.add_option("--health", line.health,
                 "Address of probes and metrics, for health.address, or off (127.0.0.1:9902)")
      ->type_name("ADDRESS");
  app.add_option("--reactors", line.reactors,
                 "Threads that serve connections, for reactors.count (0: as many as processors)")
      ->type_name("N");
  app.add_option("--admin", line.admin,
                 "Address of the admin service, for admin.address, or \"off\" (127.0.0.1:9901)")
      ->type_name("ADDRESS");
  app.add_option(
         "--check-config", line.check_file,
         "Checks that file as a start would, without opening anything, and exits: 0 good, 2 not")
      ->type_name("FILE");
  app.add_flag("--print-config", line.print_config,
               "Prints the configuration in effect, with where each value came from, and exits");
}

config::Source SourceOf(const CommandLine& line) {
  config::Source source;
  source.file = line.check_file ? line.check_file : line.config_file;
  source.env_files = line.env_files;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string text = *entry;
    size_t equals = text.find('=');
    if (equals != std::string::npos)
      source.environment[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const std::string& set : line.sets) source.sets.push_back({set, "--set"});
  for (size_t i = 0; i < line.http.size(); ++i) {
    source.sets.push_back({absl::StrCat("http[", i, "].address=", line.http[i]), "--http"});
  }
  if (line.health)
    source.sets.push_back({absl::StrCat("health.address=", *line.health), "--health"});
  if (line.reactors)
    source.sets.push_back({absl::StrCat("reactors.count=", *line.reactors), "--reactors"});
  if (line.admin) source.sets.push_back({absl::StrCat("admin.address=", *line.admin), "--admin"});
  return source;
}

config::Checks ChecksFor(const std::vector<ServiceEntry>& services) {
  config::Checks checks;
  for (const ServiceEntry& entry : services) checks.services.push_back(entry.name);
  checks.check_options = [&services](const config::v1::Pool& pool) -> absl::Status {
    for (const ServiceEntry& entry : services) {
      if (entry.name != pool.service()) continue;
      ServiceOptions options(ServiceOptions::Values(pool.options().begin(), pool.options().end()));
      return entry.make(options).status();
    }
    return absl::OkStatus();
  };
  return checks;
}

// What a start would find wrong beyond the fields: services' routes, error pages.
absl::Status CheckWhole(const config::v1::Config& config,
                        const std::vector<ServiceEntry>& services) {
  if (absl::Status status = admin::CheckAdmin(config.admin()); !status.ok()) return status;
  absl::StatusOr<Pools> pools = MakePools(config, services, 1, 1);
  if (!pools.ok()) return pools.status();
  return MakeSnapshot(config, *pools).status();
}

int Fail(const Program& program, const absl::Status& status) {
  std::fprintf(stderr, "%s: %s\n", program.name.c_str(), std::string(status.message()).c_str());
  return kExitUsage;
}

void OpenLog(const config::v1::Log& settings) {
  telemetry::LogOptions options;
  options.level = LevelOf(settings.level());
  options.queue_lines_max = settings.queue_lines_max();
  options.format = settings.format() == config::v1::Log::JSON ? telemetry::LineFormat::kJson
                                                              : telemetry::LineFormat::kText;
  telemetry::InitLog(options);
}

// Null when it is off. An address that nobody asked for is no reason not to start.
absl::StatusOr<std::unique_ptr<SideServer>> StartHealth(const config::Loaded& loaded,
                                                        const admin::HealthBoard& board) {
  const std::string& address = loaded.config.health().address();
  if (address == config::kOff) return nullptr;
  absl::StatusOr<std::unique_ptr<SideServer>> health =
      SideServer::Start(address, admin::HealthEntry(board));
  if (health.ok()) return health;
  std::string what = absl::StrCat("--health: ", health.status().message());
  if (loaded.origins.Has("health.address")) return absl::Status(health.status().code(), what);
  telemetry::LogWarning("health", absl::StrCat(what, "; there are no probes and no metrics"));
  return nullptr;
}

// Null when there is no place for a record, which is no reason not to start.
std::unique_ptr<telemetry::FatalHandler> RecordFatalSignals(const LiveConfig& live) {
  const std::string& folder = live.state_folder();
  if (folder.empty()) {
    telemetry::LogDebug("server", "a fatal signal will leave no record, for state_dir is off");
    return nullptr;
  }
  telemetry::SetFatalRevision(live.revision());
  auto handler = telemetry::FatalHandler::Install(FatalRecordPath(folder), kVersion);
  if (handler.ok()) return *std::move(handler);
  telemetry::LogWarning(
      "server", absl::StrCat("a fatal signal will leave no record: ", handler.status().message()));
  return nullptr;
}

// With the admin plane, until the drain is over.
int Operate(const Program& program, LiveConfig& live, Server& server, const std::string& health) {
  const config::Loaded loaded = live.loaded();
  Control& control = server.control();
  absl::StatusOr<std::unique_ptr<admin::AdminServer>> admin = admin::AdminServer::Start(
      {loaded.config.admin(), loaded.origins.Of("admin.address") == "default"}, control, live);
  if (!admin.ok()) return Fail(program, admin.status());
  live.Start([&control](const config::v1::Config& changed,
                        int64_t revision) { return control.PrepareConfig(changed, revision); },
             {[&admin = **admin] { admin.Reload(); }, [&admin = **admin] { admin.Revert(); }});
  control.SetReload([&live] { live.RequestReload(); });
  OtherAddresses others{(*admin)->addresses(), health};
  std::fputs(Banner(program.name, server, others, loaded.config).c_str(), stdout);
  std::fflush(stdout);
  NotifyServiceManager("READY=1");
  server.Run();
  live.Stop();
  return 0;
}

// Health is there before the server and after it.
int Serve(const Program& program, LiveConfig& live, std::vector<ServiceEntry> services) {
  const config::Loaded loaded = live.loaded();
  std::vector<admin::v1::Crash> earlier_crashes;
  if (!live.state_folder().empty()) earlier_crashes = TakeEarlierCrashes(live.state_folder());
  const std::unique_ptr<telemetry::FatalHandler> fatal_handler = RecordFatalSignals(live);
  admin::HealthBoard board;
  absl::StatusOr<std::unique_ptr<SideServer>> health = StartHealth(loaded, board);
  if (!health.ok()) return Fail(program, health.status());
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Start(loaded.config, std::move(services), live.revision());
  if (!server.ok()) return Fail(program, server.status());
  for (admin::v1::Crash& crash : earlier_crashes) {
    (*server)->control().AddEarlierCrash(std::move(crash));
  }
  board.Attach(**server);
  int code = Operate(program, live, **server, *health == nullptr ? "" : (*health)->address());
  board.Detach();
  return code;
}

}  // namespace

int RunProgram(const Program& program, int argc, char** argv, std::vector<ServiceEntry> services) {
  CLI::App app{program.description, program.name};
  app.set_version_flag("--version", absl::StrCat(program.name, " ", kVersion));
  CommandLine line;
  Declare(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  const config::Checks checks = ChecksFor(services);
  absl::StatusOr<config::Loaded> loaded =
      config::Load(SourceOf(line), program.default_yaml, checks);
  absl::Status status = loaded.status();
  if (status.ok()) status = CheckWhole(loaded->config, services);
  if (!status.ok()) return Fail(program, status);
  for (const std::string& warning : loaded->warnings) {
    std::fprintf(stderr, "%s: warning: %s\n", program.name.c_str(), warning.c_str());
  }
  if (line.print_config) {
    std::fputs(config::PrintConfig(loaded->config, loaded->origins).c_str(), stdout);
    return 0;
  }
  if (line.check_file) {
    std::printf("%s: %s is good\n", program.name.c_str(), line.check_file->c_str());
    return 0;
  }
  Signals::Block();  // before the log's thread exists
  OpenLog(loaded->config.log());
  absl::StatusOr<std::unique_ptr<LiveConfig>> live =
      LiveConfig::Open({SourceOf(line), std::string(program.default_yaml), checks});
  if (!live.ok()) return Fail(program, live.status());
  telemetry::SetLogLevel(LevelOf((*live)->loaded().config.log().level()));
  int code = Serve(program, **live, std::move(services));
  live->reset();
  telemetry::ShutdownLog();
  return code;
}

std::string DefaultConfigFor(const std::vector<ServiceEntry>& services) {
  std::string yaml = "http: [{address: '127.0.0.1:8080'}]\npools:\n";
  std::string routes = "routes:\n";
  for (const ServiceEntry& entry : services) {
    absl::StrAppend(&yaml, "  - {name: '", entry.name, "', service: '", entry.name, "'}\n");
    ServiceOptions options({});
    absl::StatusOr<std::unique_ptr<Service>> service = entry.make(options);
    if (!service.ok()) continue;  // said when the pool is made
    Routes mounted;
    (*service)->Mount(mounted);
    for (const Route& route : mounted.routes()) {
      std::string methods;
      for (int i = 0; i < http::kMethodCount; ++i) {
        auto method = static_cast<http::Method>(i);
        if (!route.methods.Contains(method)) continue;
        absl::StrAppend(&methods, methods.empty() ? "" : ", ",
                        std::string(http::MethodName(method)));
      }
      absl::StrAppend(&routes, "  - {methods: [", methods, "], path: '",
                      absl::StrReplaceAll(route.pattern, {{"'", "''"}}), "', pool: '", entry.name,
                      "'}\n");
    }
  }
  return yaml + routes;
}

int Main(int argc, char** argv, std::vector<ServiceEntry> services) {
  std::string yaml = DefaultConfigFor(services);
  std::string name = argc > 0 ? argv[0] : "troupe";
  name = name.substr(name.rfind('/') + 1);
  return RunProgram({name, "A service on Troupe.", yaml}, argc, argv, std::move(services));
}

}  // namespace troupe
