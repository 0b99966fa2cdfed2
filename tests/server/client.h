// A client that knows only sockets and bytes: what a test sends goes out as it stands, also where
// no sane client would send it. Blocking, with a patience that only a broken server exhausts. One
// thread each.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace troupe {

struct Answer {
  int status = 0;    // 0: the connection ended before a whole answer had come
  std::string head;  // status line and fields, with the empty line
  std::string body;

  std::string Field(std::string_view name) const;  // the first of that name; empty when absent
  bool closes() const { return Field("Connection") == "close"; }
};

class Client {
 public:
  enum class End { kOpen, kClosed, kReset };

  // Only a socket, for the address that Server::addresses() gives: 127.0.0.1:80, [::1]:80,
  // unix:PATH.
  explicit Client(std::string address);
  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  ~Client() { Close(); }

  // Before Connect: a small one makes back pressure show early.
  void SetReceiveBuffer(int bytes);
  bool Connect();

  // False when the connection is broken.
  bool Send(std::string_view bytes);
  // Sends until the kernel takes nothing for a while, again and again; how much went out.
  size_t SendUntilStuck(std::string_view bytes, size_t limit);
  // Waits for the next answer, interim ones too. `head_only`: it answers HEAD.
  Answer Read(bool head_only = false);
  Answer Ask(std::string_view request) { return Send(request) ? Read() : Answer(); }
  // GET on HTTP/1.1.
  Answer Get(std::string_view target);

  // True when bytes, or the end, can be read within that time.
  bool Readable(std::chrono::milliseconds patience);
  // Reads and forgets all that comes, until the connection ends.
  End WaitForEnd();
  void HalfClose();
  void Close();
  // Ends the connection with a RST.
  void Reset();

 private:
  bool Receive();

  std::string address_;
  int fd_;
  End end_ = End::kOpen;
  std::string received_;  // and not yet taken
};

std::string GetRequest(std::string_view target, std::string_view fields = "");
std::string PostRequest(std::string_view target, std::string_view body,
                        std::string_view fields = "");

}  // namespace troupe
