// The load generator of the bench: see load/client.h for how it sends and measures. Prints one JSON
// object, times in microseconds. Exits 1 when an answer was wrong, 2 when it could not begin.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "bench/load/client.h"

namespace troupe::bench {
namespace {

struct Options {
  Plan plan;
  std::vector<std::string> requests = {"GET /health 200 ok"};
  size_t body_bytes = 1024;
  double duration = 1;
  double warmup = 0;
  double ramp = 0;
  double timeout = 10;
  double patience = 0;
  uint64_t count = 0;
  bool handshake = false;
  bool hold = false;
};

void Declare(CLI::App& app, Options& o) {
  app.add_option("--port", o.plan.port, "Port of 127.0.0.1 that the server listens on")->required();
  app.add_option("--connections", o.plan.connections,
                 "Connections; above 10,000 from further addresses of loopback")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option(
         "--request", o.requests,
         "METHOD TARGET STATUS[|STATUS] [BODY]; repeated: sent in turn; BODY = means: as sent")
      ->capture_default_str();
  app.add_option("--body-bytes", o.body_bytes, "Size of the body of POST and PUT")
      ->capture_default_str();
  app.add_option("--duration", o.duration, "Seconds to send for")->capture_default_str();
  app.add_option("--warmup", o.warmup, "Seconds to send for before that, verified but not measured")
      ->capture_default_str();
  app.add_option("--count", o.count, "Stop after this many requests instead");
  auto* rate =
      app.add_option("--rate", o.plan.rate, "Open loop: requests a second (default: closed loop)")
          ->check(CLI::PositiveNumber);
  app.add_option("--pipeline", o.plan.pipeline,
                 "Closed loop: requests sent at once on a connection")
      ->check(CLI::PositiveNumber)
      ->excludes(rate)
      ->capture_default_str();
  app.add_option("--ramp", o.ramp, "Closed loop: seconds over which the connections begin")
      ->excludes(rate);
  app.add_option("--timeout", o.timeout, "Seconds an answer may take")->capture_default_str();
  auto* kinds = app.add_flag("--kinds", o.plan.tell_kinds,
                             "Tell answers apart by status and by the cause that trouped gives");
  app.add_option("--patience", o.patience, "Seconds in which an answer counts as in time")
      ->needs(kinds);
  app.add_flag("--close", o.plan.close, "A new connection for each request");
  app.add_flag("--handshake", o.handshake,
               "Print 'ready' before measuring and wait for a line on stdin");
  app.add_flag("--hold", o.hold, "Keep the connections open after the report until stdin ends");
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

Nanoseconds FromSeconds(double seconds) { return static_cast<Nanoseconds>(seconds * 1e9); }

double ToMicros(Nanoseconds value) { return static_cast<double>(value) / 1e3; }

// By "200", "503 queue-full" and so on.
nlohmann::json ToJson(const decltype(Report::kinds)& kinds) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [status, causes] : kinds) {
    for (const auto& [cause, kind] : causes) {
      json[std::to_string(status) + (cause.empty() ? "" : " " + cause)] = {
          {"answers", kind.answers},
          {"in_time", kind.in_time},
          {"p50", ToMicros(kind.latency.Percentile(50))},
          {"p99", ToMicros(kind.latency.Percentile(99))},
          {"max", ToMicros(kind.latency.max())}};
    }
  }
  return json;
}

nlohmann::json ToJson(const Report& report) {
  return {{"answers", report.answers},
          {"wrong", report.wrong},
          {"errors", report.errors},
          {"timeouts", report.timeouts},
          {"reconnects", report.reconnects},
          {"seconds", static_cast<double>(report.elapsed) / 1e9},
          {"rate", report.rate},
          {"p50", ToMicros(report.latency.Percentile(50))},
          {"p99", ToMicros(report.latency.Percentile(99))},
          {"p99_9", ToMicros(report.latency.Percentile(99.9))},
          {"max", ToMicros(report.latency.max())},
          {"client_busy", report.busy},
          {"problem", report.first_problem}};
}

int Run(Options& o) {
  RaiseDescriptorLimit();
  for (const std::string& text : o.requests)
    o.plan.requests.push_back(ParseRequest(text, o.body_bytes, o.plan.close));
  o.plan.ramp = FromSeconds(o.ramp);
  o.plan.timeout = FromSeconds(o.timeout);
  o.plan.patience = FromSeconds(o.patience);
  Client client(o.plan);
  if (!o.plan.close) client.Connect();
  const Report warmup = o.warmup > 0 ? client.Run(FromSeconds(o.warmup), 0) : Report{};
  std::string line;
  if (o.handshake) {
    std::cout << "ready" << std::endl;
    std::getline(std::cin, line);
  }
  Report report = client.Run(FromSeconds(o.count > 0 ? 1e6 : o.duration), o.count);
  report.wrong += warmup.wrong;
  if (!warmup.first_problem.empty()) report.first_problem = warmup.first_problem;
  nlohmann::json json = ToJson(report);
  if (o.plan.tell_kinds) json["kinds"] = ToJson(report.kinds);
  std::cout << json.dump() << std::endl;
  while (o.hold && std::getline(std::cin, line)) {
  }
  return report.wrong > 0 ? 1 : 0;
}

}  // namespace
}  // namespace troupe::bench

int main(int argc, char** argv) {
  CLI::App app("Sends HTTP requests to a server on loopback and verifies every answer.");
  troupe::bench::Options options;
  troupe::bench::Declare(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    return troupe::bench::Run(options);
  } catch (const std::exception& e) {
    std::cerr << e.what() << "\n";
    return 2;
  }
}
