#include "admin/admin_server.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "admin/endpoint.h"
#include "admin/sockets.h"
#include "admin/tls.h"
#include "runtime/config/listen_address.h"
#include "runtime/telemetry/log.h"

namespace troupe::admin {
namespace {

using AdminConfig = config::v1::Admin;

constexpr int kThreads = 4;
constexpr size_t kWaitingCallsMax = 256;
constexpr char kOff[] = "off";
constexpr char kAuto[] = "auto";
// Who is behind what nobody called for.
const Caller kSignal{AdminConfig::ADMIN, "signal", "this machine"};
const Caller kConfirmWithin{AdminConfig::ADMIN, "confirm_within", "this machine"};

std::optional<std::string> Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

absl::Status NoteAll(const absl::StatusOr<v1::ApplyConfigResponse>& applied, Changes& changes) {
  if (applied.ok()) changes.assign(applied->changes().begin(), applied->changes().end());
  return applied.status();
}

// Loopback by IP address; names are not looked up.
absl::StatusOr<bool> IsLoopback(const std::string& text) {
  absl::StatusOr<config::ListenAddress> address = config::ParseListenAddress(text);
  if (!address.ok()) return address.status();
  if (address->is_unix) {
    return absl::InvalidArgumentError("a Unix socket belongs into admin.socket");
  }
  if (!address->ip.is_v4()) return address->ip == *http::IpAddress::Parse("::1");
  return http::Cidr::Parse("127.0.0.0/8")->Contains(address->ip);
}

}  // namespace

absl::Status CheckAdmin(const AdminConfig& config) {
  auto refuse = [](const std::string& text) { return absl::FailedPreconditionError(text); };
  const config::v1::AdminTls& tls = config.tls();
  if (tls.cert_file().empty() != tls.key_file().empty()) {
    return refuse("admin.tls: cert_file and key_file belong together; set both or none");
  }
  if (!tls.client_ca_file().empty() && !HasTls(tls)) {
    return refuse(
        "admin.tls.client_ca_file needs cert_file and key_file: without them there is no "
        "TLS in which a client could show its certificate");
  }
  if (config.address() == kOff) return absl::OkStatus();
  absl::StatusOr<bool> loopback = IsLoopback(config.address());
  if (!loopback.ok()) {
    return refuse(absl::StrCat("admin.address: ", loopback.status().message()));
  }
  if (!*loopback && config.tokens_file().empty() && tls.client_ca_file().empty()) {
    return refuse(absl::StrCat(
        "admin.address ", config.address(),
        " can be reached from other machines, so callers must be known: set admin.tls with "
        "client_ca_file, or admin.tokens_file, or an address on 127.0.0.1"));
  }
  return absl::OkStatus();
}

// In the order of construction; destroyed in its reverse.
struct AdminServer::Parts {
  Parts(const AdminOptions& options, Control& control, LiveConfig& live)
      : options(options),
        control(control),
        live(live),
        sampler(control),
        failures(options.config.failed_logins_per_second_max()),
        threads(kThreads, kWaitingCallsMax) {}

  absl::Status OpenFiles();
  absl::Status OpenSockets();
  absl::Status OpenSocket(const std::string& path, Role role, int mode, const std::string& group);
  absl::Status OpenAddress();
  absl::Status Open(EndpointOptions endpoint);
  absl::Status Reload(Changes& changes);
  void OnSignal(int signal);
  EndpointOptions NewOptions(std::string address) const;

  const AdminOptions options;
  Control& control;
  LiveConfig& live;
  Sampler sampler;
  FailureLimit failures;
  std::unique_ptr<TokenFile> tokens;
  std::unique_ptr<AuditLog> audit;
  Threads threads;
  std::vector<std::unique_ptr<Endpoint>> endpoints;
};

absl::Status AdminServer::Parts::OpenFiles() {
  absl::StatusOr<std::unique_ptr<AuditLog>> log = AuditLog::Open(options.config.audit_file());
  if (!log.ok()) return log.status();
  audit = *std::move(log);
  if (options.config.tokens_file().empty()) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<TokenFile>> file = TokenFile::Open(options.config.tokens_file());
  if (!file.ok()) return file.status();
  tokens = *std::move(file);
  return absl::OkStatus();
}

EndpointOptions AdminServer::Parts::NewOptions(std::string address) const {
  EndpointOptions endpoint;
  endpoint.address = std::move(address);
  endpoint.trust.tokens = tokens.get();
  endpoint.message_bytes_max = static_cast<int>(options.config.message_bytes_max());
  endpoint.metadata_bytes_max = static_cast<int>(options.config.metadata_bytes_max());
  return endpoint;
}

absl::Status AdminServer::Parts::Open(EndpointOptions endpoint) {
  v1::ListenerStatus listener;
  listener.set_purpose("admin");
  listener.set_open(true);
  if (endpoint.trust.anonymous != AdminConfig::ROLE_UNSPECIFIED) {
    listener.set_role(AdminConfig::Role_Name(endpoint.trust.anonymous));
  }
  absl::StatusOr<std::unique_ptr<Endpoint>> opened =
      Endpoint::Open(std::move(endpoint), {control, *audit, threads, sampler, failures, live});
  if (!opened.ok()) return opened.status();
  listener.set_address((*opened)->address());
  listener.set_tls(listener.address().rfind("unix:", 0) != 0 && HasTls(options.config.tls()));
  control.AddListener(std::move(listener));
  endpoints.push_back(*std::move(opened));
  return absl::OkStatus();
}

absl::Status AdminServer::Parts::OpenSocket(const std::string& path, Role role, int mode,
                                            const std::string& group) {
  if (absl::Status status = PrepareSocket(path); !status.ok()) return status;
  EndpointOptions endpoint = NewOptions("unix:" + path);
  endpoint.trust.anonymous = role;
  endpoint.trust.anonymous_name = role == AdminConfig::ADMIN ? "socket owner" : "observer socket";
  endpoint.credentials = grpc::InsecureServerCredentials();
  endpoint.reflection = true;
  endpoint.channelz = role == AdminConfig::ADMIN;
  const PrivateUmask private_umask;
  if (absl::Status status = Open(std::move(endpoint)); !status.ok()) return status;
  return Protect(path, mode, group);
}

absl::Status AdminServer::Parts::OpenSockets() {
  const AdminConfig& config = options.config;
  if (config.observer_socket() != kOff) {
    absl::Status status =
        OpenSocket(config.observer_socket(), AdminConfig::OBSERVER, 0660, config.observer_group());
    if (!status.ok()) return status;
  }
  if (config.socket() == kOff) return absl::OkStatus();
  const bool is_auto = config.socket() == kAuto;
  const std::string path = is_auto ? DefaultFolder(Variable) + "/admin.sock" : config.socket();
  absl::Status status = OpenSocket(path, AdminConfig::ADMIN, 0600, "");
  if (status.ok() || !is_auto) return status;
  telemetry::LogWarning("admin", std::string(status.message()));
  return absl::OkStatus();
}

absl::Status AdminServer::Parts::OpenAddress() {
  const AdminConfig& config = options.config;
  if (config.address() == kOff) return absl::OkStatus();
  EndpointOptions endpoint = NewOptions(config.address());
  if (absl::Status status = CheckTlsFiles(config.tls()); !status.ok()) return status;
  endpoint.credentials = Credentials(config.tls());
  for (const config::v1::AdminClient& client : config.tls().clients()) {
    endpoint.trust.certificates[client.name()] = client.role();
  }
  if (*IsLoopback(config.address())) {
    endpoint.trust.anonymous = AdminConfig::OBSERVER;
    endpoint.trust.anonymous_name = "anybody on this machine";
    endpoint.reflection = true;
  }
  absl::Status status = Open(std::move(endpoint));
  if (status.ok()) return status;
  const std::string text =
      absl::StrCat(std::string(status.message()),
                   "; is another server there? Choose another one with --admin or admin.address, "
                   "or \"off\"");
  if (!options.address_is_default) return absl::FailedPreconditionError(text);
  telemetry::LogWarning("admin", text);
  return absl::OkStatus();
}

AdminServer::AdminServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

AdminServer::~AdminServer() = default;

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const AdminOptions& options,
                                                                Control& control,
                                                                LiveConfig& live) {
  if (absl::Status status = CheckAdmin(options.config); !status.ok()) return status;
  PrepareGrpc();
  auto parts = std::make_unique<Parts>(options, control, live);
  if (absl::Status status = parts->OpenFiles(); !status.ok()) return status;
  if (absl::Status status = parts->OpenSockets(); !status.ok()) return status;
  if (absl::Status status = parts->OpenAddress(); !status.ok()) return status;
  control.SetOnSignal([parts = parts.get()](int signal) { parts->OnSignal(signal); });
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(parts)));
}

std::vector<std::string> AdminServer::addresses() const {
  std::vector<std::string> addresses;
  for (const auto& endpoint : parts_->endpoints) addresses.push_back(endpoint->address());
  return addresses;
}

absl::Status AdminServer::Parts::Reload(Changes& changes) {
  absl::Status status = tokens ? tokens->Reload() : absl::OkStatus();
  if (status.ok()) status = CheckTlsFiles(options.config.tls());
  if (!status.ok()) return status;
  return NoteAll(live.Reload(), changes);
}

void AdminServer::Reload() {
  AuditLog& audit = *parts_->audit;
  absl::Status status = audit.Reopen();
  if (status.ok()) {
    const absl::StatusOr<uint64_t> id = audit.Before(kSignal, "SIGHUP", "");
    status = id.status();
    if (id.ok()) {
      Changes changes;
      status = parts_->Reload(changes);
      audit.After(*id, status, "", changes);
    }
  }
  if (!status.ok()) telemetry::LogError("config", std::string(status.message()));
}

void AdminServer::Revert() {
  AuditLog& audit = *parts_->audit;
  const absl::StatusOr<uint64_t> id = audit.Before(kConfirmWithin, "Revert", "");
  Changes changes;
  const absl::Status status = NoteAll(parts_->live.Revert(), changes);
  if (id.ok()) audit.After(*id, status, "", changes);
  for (const absl::Status& each : {id.status(), status}) {
    if (!each.ok()) telemetry::LogError("config", std::string(each.message()));
  }
}

// On the control reactor, which must not wait for a disk. The signal has been followed already.
void AdminServer::Parts::OnSignal(int signal) {
  threads.Run([this, signal] {
    absl::Status status = signal == SIGUSR1 ? audit->Reopen() : absl::OkStatus();
    if (status.ok()) {
      const absl::StatusOr<uint64_t> id =
          audit->Before(kSignal, absl::StrCat("SIG", sigabbrev_np(signal)), "");
      status = id.status();
      if (id.ok()) audit->After(*id, status, control.DescribeDrain().ShortDebugString(), {});
    }
    if (!status.ok()) telemetry::LogError("admin", std::string(status.message()));
  });
}

}  // namespace troupe::admin
