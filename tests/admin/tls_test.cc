// TLS on the admin address: who has which certificate may do what.
#include "admin/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/admin/running_admin.h"
#include "tests/server/harness.h"
#include "troupe/admin/v1/ledger.grpc.pb.h"
#include "troupe/admin/v1/server.grpc.pb.h"

namespace troupe::admin {
namespace {

using grpc::StatusCode;
using telemetry::ReadFile;
using testing::HasSubstr;

// An authority, a server and its callers, made by the openssl program.
class Certificates {
 public:
  Certificates() {
    Authority("ca");
    Authority("strangers");
    Sign("server", "ca", 1);
    Sign("deployer", "ca", 1);
    Sign("nobody", "ca", 1);
    Sign("expired", "ca", 0);
    Sign("stranger", "strangers", 1);
  }

  std::string File(const std::string& name) const { return folder_.File(name); }

  // A new key and certificate in the place of the old ones, as rotation does it.
  void Renew(const std::string& name, const std::string& authority) const {
    Sign("new", authority, 1);
    std::filesystem::rename(File("new.key"), File(name + ".key"));
    std::filesystem::rename(File("new.crt"), File(name + ".crt"));
  }

  std::shared_ptr<grpc::Channel> Channel(const std::string& target, const std::string& who) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = ReadFile(File("ca.crt"));
    if (!who.empty()) {
      options.pem_cert_chain = ReadFile(File(who + ".crt"));
      options.pem_private_key = ReadFile(File(who + ".key"));
    }
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(target, grpc::SslCredentials(options), arguments);
  }

 private:
  void Run(const std::string& arguments) const {
    const std::string command = "openssl " + arguments + " >" + File("log") + " 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << command << "\n" << ReadFile(File("log"));
  }
  void Authority(const std::string& name) const {
    Run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=" + name +
        " -keyout " + File(name + ".key") + " -out " + File(name + ".crt"));
  }
  void Sign(const std::string& name, const std::string& authority, int days) const {
    Run("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name + " -keyout " +
        File(name + ".key") + " -out " + File(name + ".csr"));
    std::ofstream(File("extensions")) << "subjectAltName=IP:127.0.0.1\n";
    Run("x509 -req -set_serial 1 -days " + std::to_string(days) + " -in " + File(name + ".csr") +
        " -CA " + File(authority + ".crt") + " -CAkey " + File(authority + ".key") + " -extfile " +
        File("extensions") + " -out " + File(name + ".crt"));
  }

  telemetry::TempDir folder_;
};

class AdminTls : public testing::Test {
 protected:
  StatusCode Observe(const std::shared_ptr<grpc::Channel>& channel) {
    v1::LedgerSnapshot ledger;
    return Call(channel, &v1::Ledger::Stub::GetLedger, v1::GetLedgerRequest(), &ledger)
        .error_code();
  }
  StatusCode Operate(const std::shared_ptr<grpc::Channel>& channel) {
    v1::ReopenLogsResponse response;
    return Call(channel, &v1::Server::Stub::ReopenLogs, v1::ReopenLogsRequest(), &response)
        .error_code();
  }
  std::shared_ptr<grpc::Channel> As(const std::string& who) {
    std::string target = admin.address();
    target.replace(0, target.find(':'), "127.0.0.1");
    return certificates.Channel(target, who);
  }

  Certificates certificates;
  RunningAdmin admin{{.environment = {{"TROUPE_ADMIN_ADDRESS", "0.0.0.0:0"}},
                      .admin_yaml = "tls: {cert_file: '" + certificates.File("server.crt") +
                                    "', key_file: '" + certificates.File("server.key") +
                                    "', client_ca_file: '" + certificates.File("ca.crt") +
                                    "', clients: [{name: deployer, role: OPERATOR}]}"}};
};

TEST_F(AdminTls, ACertificateHasTheRoleThatIsGivenToItsName) {
  EXPECT_EQ(Observe(As("deployer")), StatusCode::OK);
  EXPECT_EQ(Operate(As("deployer")), StatusCode::OK);
}

TEST_F(AdminTls, ABelievedCertificateWithoutRoleMayNothing) {
  EXPECT_EQ(Observe(As("nobody")), StatusCode::PERMISSION_DENIED);
}

TEST_F(AdminTls, WithoutACertificateTheCallerIsUnknown) {
  EXPECT_EQ(Observe(As("")), StatusCode::UNAUTHENTICATED);
}

TEST_F(AdminTls, AnExpiredOrForeignCertificateDoesNotConnect) {
  EXPECT_EQ(Observe(As("expired")), StatusCode::UNAVAILABLE);
  EXPECT_EQ(Observe(As("stranger")), StatusCode::UNAVAILABLE);
}

TEST_F(AdminTls, ARenewedCertificateIsUsedWithoutARestart) {
  ASSERT_EQ(Observe(As("deployer")), StatusCode::OK);
  certificates.Renew("server", "strangers");  // whom its callers do not trust
  EXPECT_TRUE(Eventually([&] { return Observe(As("deployer")) == StatusCode::UNAVAILABLE; }));
  certificates.Renew("server", "ca");
  EXPECT_TRUE(Eventually([&] { return Observe(As("deployer")) == StatusCode::OK; }));
}

TEST(AdminTlsFiles, AreRefusedAtTheStartWhenTheyAreMissingOrDoNotBelongTogether) {
  const Certificates certificates;
  config::v1::AdminTls tls;
  EXPECT_TRUE(CheckTlsFiles(tls).ok()) << "no TLS";
  tls.set_cert_file(certificates.File("server.crt"));
  tls.set_key_file(certificates.File("server.key"));
  tls.set_client_ca_file(certificates.File("ca.crt"));
  EXPECT_TRUE(CheckTlsFiles(tls).ok());
  tls.set_client_ca_file(certificates.File("ca.key"));
  EXPECT_THAT(std::string(CheckTlsFiles(tls).message()), HasSubstr("client_ca_file"));
  tls.set_key_file(certificates.File("nobody.key"));
  EXPECT_THAT(std::string(CheckTlsFiles(tls).message()), HasSubstr("does not belong"));
  tls.set_key_file(certificates.File("server.crt"));
  EXPECT_THAT(std::string(CheckTlsFiles(tls).message()), HasSubstr("there is no key in"));
  tls.set_cert_file(certificates.File("missing"));
  EXPECT_THAT(std::string(CheckTlsFiles(tls).message()), HasSubstr("cannot read"));
}

TEST_F(AdminTls, WithoutTlsNothingIsAnswered) {
  std::string target = admin.address();
  target.replace(0, target.find(':'), "127.0.0.1");
  EXPECT_EQ(Observe(admin.ChannelTo(target)), StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace troupe::admin
