#include "admin/tls.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fstream>
#include <sstream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace troupe::admin {
namespace {

constexpr unsigned kSecondsBetweenLooks = 2;

using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

absl::Status Unusable(const std::string& field, const std::string& path, const std::string& why) {
  return absl::FailedPreconditionError(absl::StrCat("admin.tls.", field, ": ", why, " ", path,
                                                    "; name a file in PEM form that may be read"));
}

// In memory of OpenSSL's.
absl::StatusOr<Memory> ReadFile(const std::string& field, const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (!file || !(text << file.rdbuf())) return Unusable(field, path, "cannot read");
  const std::string bytes = text.str();
  Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  BIO_write(memory.get(), bytes.data(), static_cast<int>(bytes.size()));
  return memory;
}

absl::StatusOr<Certificate> ReadCertificate(const std::string& field, const std::string& path) {
  absl::StatusOr<Memory> memory = ReadFile(field, path);
  if (!memory.ok()) return memory.status();
  Certificate certificate(PEM_read_bio_X509(memory->get(), nullptr, nullptr, nullptr), &X509_free);
  if (certificate == nullptr) return Unusable(field, path, "there is no certificate in");
  return certificate;
}

}  // namespace

bool HasTls(const config::v1::AdminTls& tls) {
  return !tls.cert_file().empty() && !tls.key_file().empty();
}

absl::Status CheckTlsFiles(const config::v1::AdminTls& tls) {
  if (!HasTls(tls)) return absl::OkStatus();
  absl::StatusOr<Certificate> certificate = ReadCertificate("cert_file", tls.cert_file());
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<Memory> memory = ReadFile("key_file", tls.key_file());
  if (!memory.ok()) return memory.status();
  const Key key(PEM_read_bio_PrivateKey(memory->get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  if (key == nullptr) return Unusable("key_file", tls.key_file(), "there is no key in");
  if (X509_check_private_key(certificate->get(), key.get()) != 1) {
    return absl::FailedPreconditionError(absl::StrCat("admin.tls: the key in ", tls.key_file(),
                                                      " does not belong to the certificate in ",
                                                      tls.cert_file()));
  }
  if (tls.client_ca_file().empty()) return absl::OkStatus();
  return ReadCertificate("client_ca_file", tls.client_ca_file()).status();
}

std::shared_ptr<grpc::ServerCredentials> Credentials(const config::v1::AdminTls& tls) {
  if (!HasTls(tls)) return grpc::InsecureServerCredentials();
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          tls.key_file(), tls.cert_file(), tls.client_ca_file(), kSecondsBetweenLooks));
  options.watch_identity_key_cert_pairs();
  if (!tls.client_ca_file().empty()) {
    options.watch_root_certs();
    // A caller may come without one and bring a token instead; a wrong one is refused.
    options.set_cert_request_type(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

}  // namespace troupe::admin
