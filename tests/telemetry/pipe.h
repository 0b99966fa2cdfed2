// A pipe, both ends closed at the end of the test; for logs whose reader reads late or never.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace troupe::telemetry {

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0) ADD_FAILURE() << "no pipe";
  }
  ~Pipe() {
    close(ends_[0]);
    close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int write_end() const { return ends_[1]; }
  // A copy, for what takes ownership.
  int DupWriteEnd() const { return fcntl(ends_[1], F_DUPFD_CLOEXEC, 0); }

  // Until nothing more goes in.
  void Fill() {
    const std::string page(4096, 'x');
    const int flags = fcntl(ends_[1], F_GETFL);
    fcntl(ends_[1], F_SETFL, flags | O_NONBLOCK);
    while (write(ends_[1], page.data(), page.size()) > 0) {
    }
    fcntl(ends_[1], F_SETFL, flags);
  }

  // Waits for `size` bytes.
  std::string Read(size_t size) {
    std::string bytes(size, '\0');
    size_t at = 0;
    while (at < size) {
      const ssize_t n = read(ends_[0], &bytes[at], size - at);
      if (n <= 0) break;
      at += static_cast<size_t>(n);
    }
    bytes.resize(at);
    return bytes;
  }

 private:
  int ends_[2] = {-1, -1};
};

}  // namespace troupe::telemetry
