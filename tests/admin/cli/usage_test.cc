// The command line itself: what is wrong with it, where the server is looked for, exit codes of
// calls that fail, completion, probe.
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "tests/admin/cli/tool_test.h"

namespace troupe::admin::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;

class Usage : public ToolTest {};

TEST_F(Usage, AWrongVerbIsNamedWithWhatWasMeant) {
  const Result wrong = RunAlone({"pool", "lss"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("there is no verb lss: did you mean ls?"));
  EXPECT_THAT(wrong.err, HasSubstr("see troupectl pool --help"));
  EXPECT_THAT(wrong.out, IsEmpty());
  EXPECT_THAT(RunAlone({"polo"}).err, HasSubstr("did you mean pool?"));
}

TEST_F(Usage, AGroupWithoutAVerbListsItsVerbs) {
  const Result result = RunAlone({"crash"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err, "troupectl: a verb is missing: ls, get; see troupectl crash --help\n");
}

TEST_F(Usage, AWrongOptionIsNamedWithWhatWasMeant) {
  const Result result = RunAlone({"pool", "ls", "--fliter", "x"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("there is no option --fliter: did you mean --filter?"));
  EXPECT_THAT(RunAlone({"pool", "ls", "--traget=x"}).err, HasSubstr("did you mean --target?"));
}

TEST_F(Usage, AnArgumentTooManyOrTooFewIsRefused) {
  EXPECT_EQ(RunAlone({"pool", "get", "a", "b"}).code, 2);
  const Result result = RunAlone({"pool", "get"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("POOL is required"));
}

TEST_F(Usage, ValuesThatAreNoneAreRefused) {
  EXPECT_EQ(RunAlone({"status", "--timeout", "5"}).code, 2);
  EXPECT_EQ(RunAlone({"status", "-o", "xml"}).code, 2);
  EXPECT_EQ(RunAlone({"status", "--watch=often"}).code, 2);
  EXPECT_EQ(RunAlone({"pool", "ls", "--limit", "-1"}).code, 2);
  EXPECT_EQ(RunAlone({"status", "--target", "nowhere"}).code, 2);
  EXPECT_EQ(RunAlone({"status", "--target", "unix:relative"}).code, 2);
}

TEST_F(Usage, HelpAndVersionGoToStandardOutput) {
  const Result help = RunAlone({"pool", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, ContainsRegex("explain +Why a pool"));
  EXPECT_THAT(RunAlone({"--version"}).out, ContainsRegex("^troupectl [0-9.]+\n$"));
}

TEST_F(Usage, NobodyAtTheTargetExitsWithThree) {
  const Result result = RunAlone({"status", "--target", "unix:" + folder_ + "/none.sock"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("nothing answers at unix:" + folder_ + "/none.sock"));
  EXPECT_THAT(result.err, HasSubstr("--target"));
}

TEST_F(Usage, WhatTheServerCannotDoNowIsRefusedAndNotUnreachable) {
  google::rpc::Status details;
  details.add_details()->PackFrom(google::rpc::ErrorInfo());
  server_.Refuse("ConfirmConfig",
                 {grpc::StatusCode::UNAVAILABLE, "The disk is full.", details.SerializeAsString()});
  const Result result = Run("config confirm");
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "troupectl: The disk is full\n");
}

TEST_F(Usage, NoAnswerInTimeExitsWithFive) {
  server_.Hang("GetStatus");
  const Result result = Run("status --timeout 50ms");
  EXPECT_EQ(result.code, 5);
  EXPECT_THAT(result.err, HasSubstr("a longer --timeout waits longer"));
}

TEST_F(Usage, FieldsThatAreWrongAreListed) {
  google::rpc::BadRequest wrong;
  auto& violation = *wrong.add_field_violations();
  violation.set_field("limits.fields_max");
  violation.set_description("0 is not allowed: 1 to 10000");
  google::rpc::Status details;
  details.add_details()->PackFrom(wrong);
  server_.Refuse("ApplyConfig", {grpc::StatusCode::INVALID_ARGUMENT, "1 field is wrong.",
                                 details.SerializeAsString()});
  const Result result = Run("config apply --set limits.fields_max=0");
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err,
            "troupectl: 1 field is wrong\n  limits.fields_max: 0 is not allowed: 1 to 10000\n");
}

TEST_F(Usage, AFieldIsNamedWhereTheSentenceSaysOnlyWhatIsWrong) {
  google::rpc::BadRequest wrong;
  auto& violation = *wrong.add_field_violations();
  violation.set_field("limits.fields_max");
  violation.set_description("0 is out of range");
  google::rpc::Status details;
  details.add_details()->PackFrom(wrong);
  server_.Refuse("ApplyConfig", {grpc::StatusCode::INVALID_ARGUMENT, "0 is out of range",
                                 details.SerializeAsString()});
  const Result result = Run("config apply --set limits.fields_max=0");
  EXPECT_EQ(result.err, "troupectl: 0 is out of range\n  limits.fields_max: 0 is out of range\n");
}

TEST_F(Usage, MissingRightsSayHowToGetThem) {
  server_.Refuse("ListCrashes", {grpc::StatusCode::PERMISSION_DENIED, "Needs the role VIEWER."});
  EXPECT_THAT(Run("crash ls").err, HasSubstr("--target names the socket"));
  server_.Refuse("ListCrashes", {grpc::StatusCode::UNAUTHENTICATED, "Who are you?"});
  const Result result = Run("crash ls");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("--token-file"));
}

TEST_F(Usage, AMethodThatTheServerDoesNotHaveIsExplained) {
  const Result result = Run("tree");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("the server does not know Pools.GetTopology"));
}

TEST_F(Usage, TheTokenOfTheFileIsSent) {
  std::ofstream(folder_ + "/token") << "secret\n";
  server_.Answer("GetStatus", "");
  EXPECT_EQ(Run("status --token-file " + folder_ + "/token").code, 0);
  EXPECT_EQ(server_.authorization(), "Bearer secret");
  EXPECT_EQ(Run("status --token-file " + folder_ + "/none").code, 2);
}

TEST_F(Usage, CertificateAndKeyBelongTogether) {
  const Result result = RunAlone({"status", "--target", "localhost:1", "--cert", "/dev/null"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("--cert and --key belong together"));
}

TEST_F(Usage, TheServerIsFoundThroughTheEnvironment) {
  server_.Answer("Health.Check", "status: SERVING");
  SetEnvironment("TROUPE_TARGET", "unix:" + socket_);
  EXPECT_EQ(RunAlone({"health"}).code, 0);
  unsetenv("TROUPE_TARGET");
  SetEnvironment("RUNTIME_DIRECTORY", "/nonexistent:" + folder_);
  EXPECT_EQ(RunAlone({"health"}).code, 0);
  EXPECT_EQ(server_.calls("Health.Check"), 2);
}

TEST_F(Usage, ASocketThatNobodyServesIsPassedOver) {
  std::filesystem::create_directory(folder_ + "/troupe");
  std::ofstream(folder_ + "/troupe/admin.sock") << "left behind";
  FakeServer observer;
  observer.Answer("Health.Check", "status: SERVING");
  observer.Listen(folder_ + "/troupe/observer.sock");
  SetEnvironment("XDG_RUNTIME_DIR", folder_);
  EXPECT_EQ(RunAlone({"health"}).code, 0);
  EXPECT_EQ(observer.calls("Health.Check"), 1);
}

// One answer to one connection, on a port of the kernel's choice.
class OneAnswer {
 public:
  explicit OneAnswer(const std::string& answer) : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_, generic, size), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer] { Serve(answer); });
  }
  ~OneAnswer() {
    thread_.join();
    close(listener_);
  }

  std::string Url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  // Once the answer was given.
  const std::string& request() const { return request_; }

 private:
  void Serve(const std::string& answer) {
    const int fd = accept(listener_, nullptr, nullptr);
    char byte;
    while (request_.find("\r\n\r\n") == std::string::npos && read(fd, &byte, 1) == 1) {
      request_ += byte;
    }
    EXPECT_EQ(write(fd, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
    close(fd);
  }

  int listener_;
  int port_ = 0;
  std::string request_;
  std::thread thread_;
};

TEST_F(Usage, ProbeExitsWithZeroForTwoHundreds) {
  std::string request;
  Result result;
  {
    const OneAnswer server("HTTP/1.1 204 No Content\r\n\r\n");
    result = RunAlone({"probe", server.Url("/readyz?full")});
    request = server.request();
  }
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "HTTP/1.1 204 No Content\n");
  EXPECT_THAT(request, testing::StartsWith("GET /readyz?full HTTP/1.1\r\nHost: 127.0.0.1:"));
}

TEST_F(Usage, ProbeExitsWithSixForOthers) {
  const OneAnswer server("HTTP/1.1 503 Service Unavailable\r\n\r\n");
  const Result result = RunAlone({"probe", server.Url("/readyz")});
  EXPECT_EQ(result.code, 6);
  EXPECT_EQ(result.out, "HTTP/1.1 503 Service Unavailable\n");
}

TEST_F(Usage, ProbeKnowsWhatIsNoHttp) {
  const OneAnswer server("220 mail ready\r\n");
  EXPECT_EQ(RunAlone({"probe", server.Url("/")}).code, 1);
}

TEST_F(Usage, ProbeOfNobodyExitsWithThree) {
  EXPECT_EQ(RunAlone({"probe", "http://127.0.0.1:1/"}).code, 3);
  EXPECT_EQ(RunAlone({"probe", "https://127.0.0.1/"}).code, 2);
}

TEST_F(Usage, CompletionOffersVerbsAndOptions) {
  const std::string script = folder_ + "/completion.bash";
  std::ofstream(script) << RunAlone({"completion", "bash"}).out;
  const auto complete = [&](const std::string& words, int index) {
    const std::string command = "bash -c 'source " + script + "; COMP_WORDS=(" + words +
                                "); COMP_CWORD=" + std::to_string(index) +
                                "; _troupectl; echo ${COMPREPLY[@]}'";
    std::string out(256, '\0');
    FILE* pipe = popen(command.c_str(), "r");
    out.resize(fread(out.data(), 1, out.size(), pipe));
    pclose(pipe);
    return out;
  };
  EXPECT_EQ(complete("troupectl po", 1), "pool\n");
  EXPECT_EQ(complete("troupectl --target x pool s", 4), "set scale suspend\n");
  EXPECT_EQ(complete("troupectl pool ls --fi", 3), "--filter\n");
}

TEST_F(Usage, CompletionKnowsThreeShells) {
  EXPECT_THAT(RunAlone({"completion", "zsh"}).out, HasSubstr("'explain:Why a pool"));
  EXPECT_THAT(RunAlone({"completion", "fish"}).out,
              HasSubstr("complete -c troupectl -n \"__troupectl_at 'troupectl pool'\" -f -a ls"));
}

}  // namespace
}  // namespace troupe::admin::cli
