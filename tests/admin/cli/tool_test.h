// troupectl beside a FakeServer. One thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "admin/cli/run.h"
#include "tests/admin/cli/fake_server.h"

namespace troupe::admin::cli {

struct Result {
  int code;
  std::string out;
  std::string err;
};

class ToolTest : public testing::Test {
 protected:
  // With exactly these arguments.
  static Result RunAlone(const std::vector<std::string>& arguments, bool colour = false) {
    std::ostringstream out;
    std::ostringstream err;
    const Output::Streams streams{out, err, /*data_is_terminal=*/false, colour, /*can_ask=*/false};
    const int code = RunTroupectl(arguments, streams);
    return {code, out.str(), err.str()};
  }

  // Against the fake server.
  Result Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--target", "unix:" + socket_});
    return RunAlone(arguments);
  }
  Result Run(const std::string& arguments) {
    std::istringstream words(arguments);
    return Run(std::vector<std::string>{std::istream_iterator<std::string>(words), {}});
  }

  // For the rest of this test.
  void SetEnvironment(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    environment_.push_back(name);
  }

  static std::string MakeFolder() {
    std::string path = testing::TempDir() + "troupectl-XXXXXX";
    return mkdtemp(path.data());
  }

  ToolTest() { server_.Listen(socket_); }
  ~ToolTest() override {
    for (const std::string& name : environment_) unsetenv(name.c_str());
    std::filesystem::remove_all(folder_);
  }

  std::vector<std::string> environment_;
  const std::string folder_ = MakeFolder();
  const std::string socket_ = folder_ + "/admin.sock";
  FakeServer server_;
};

}  // namespace troupe::admin::cli
