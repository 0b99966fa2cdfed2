#include "bench/load/client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <stdexcept>

namespace troupe::bench {
namespace {

constexpr Nanoseconds kSecond = 1'000'000'000;
constexpr Nanoseconds kSweepPeriod = kSecond / 10;
constexpr size_t kConnectingMax = 256;  // below every server's accept queue
constexpr size_t kConnectionsPerAddress =
    10'000;  // a client address has about 28,000 ports, half of them quick to find
constexpr uint64_t kFailuresInARowMax = 1'000;

Nanoseconds TimeOf(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

Nanoseconds Now() { return TimeOf(CLOCK_MONOTONIC); }
Nanoseconds CpuTime() { return TimeOf(CLOCK_PROCESS_CPUTIME_ID); }

sockaddr_in Loopback(uint32_t host, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  return address;
}

}  // namespace

Client::Client(Plan plan)
    : plan_(std::move(plan)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      connections_(plan_.connections),
      input_(1 << 18) {
  prctl(PR_SET_TIMERSLACK, 1);  // the default of 50 µs would make every open-loop request late
  for (Connection& connection : connections_) free_.push_back(&connection);
}

Client::~Client() {
  const linger reset{1, 0};
  for (Connection& connection : connections_) {
    if (connection.fd < 0) continue;
    setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(connection.fd);
  }
  close(epoll_);
}

void Client::Connect() {
  const Nanoseconds deadline = Now() + plan_.timeout;
  size_t next = 0;
  while (next < connections_.size() || connecting_ > 0) {
    while (next < connections_.size() && connecting_ < kConnectingMax) Open(connections_[next++]);
    Poll(Now() + kSweepPeriod);
    if (Now() > deadline) report_.first_problem = "Not all connections were accepted in time.";
    if (!report_.first_problem.empty()) throw std::runtime_error(report_.first_problem);
  }
}

void Client::Open(Connection& connection) {
  connection.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connection.fd < 0)
    throw std::runtime_error(std::string("No socket: ") + std::strerror(errno));
  const int on = 1;
  setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto host =
      static_cast<uint32_t>((&connection - connections_.data()) / kConnectionsPerAddress);
  if (host > 0) {
    setsockopt(connection.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    const sockaddr_in source = Loopback(host, 0);
    bind(connection.fd, reinterpret_cast<const sockaddr*>(&source), sizeof source);
  }
  report_.reconnects += connection.was_open && !plan_.close;
  connection.state = State::kConnecting;
  ++connecting_;
  const sockaddr_in server = Loopback(0, plan_.port);
  if (connect(connection.fd, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0 &&
      errno != EINPROGRESS) {
    return Fail(connection, &Report::errors, std::string("connect: ") + std::strerror(errno));
  }
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT;
  event.data.ptr = &connection;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
  connection.wants_write = true;
}

void Client::Close(Connection& connection) {
  if (connection.state == State::kConnecting) --connecting_;
  close(connection.fd);
  connection.fd = -1;
  connection.state = State::kClosed;
}

// Gives the connection back once nothing is assigned to it any more.
void Client::Release(Connection& connection) {
  connection.batch.clear();
  connection.written = connection.written_bytes = connection.answered = 0;
  free_.push_back(&connection);
}

void Client::Poll(Nanoseconds until) {
  const Nanoseconds wait = std::max<Nanoseconds>(0, until - Now());
  const timespec timeout{wait / kSecond, wait % kSecond};
  std::array<epoll_event, 256> events;
  const int ready = epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
  for (int i = 0; i < ready; ++i)
    OnReady(*static_cast<Connection*>(events[i].data.ptr), events[i].events);
}

void Client::OnReady(Connection& connection, uint32_t events) {
  if (connection.state == State::kConnecting) OnConnected(connection);
  if (connection.state == State::kOpen && events & EPOLLOUT) Write(connection);
  if (connection.state == State::kOpen && events & (EPOLLIN | EPOLLHUP | EPOLLERR))
    Read(connection);
}

void Client::OnConnected(Connection& connection) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(connection.fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0)
    return Fail(connection, &Report::errors, std::string("connect: ") + std::strerror(error));
  connection.state = State::kOpen;
  connection.was_open = true;
  --connecting_;
}

void Client::Read(Connection& connection) {
  const ssize_t size = recv(connection.fd, input_.data(), input_.size(), 0);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) {
    if (connection.batch.empty()) return Close(connection);
    return Fail(connection, &Report::errors,
                size == 0 ? "the server closed before it answered" : std::strerror(errno));
  }
  const Nanoseconds now = Now();
  std::string_view data(input_.data(), size);
  while (!data.empty() && connection.state == State::kOpen) {
    if (connection.batch.empty()) {
      ++report_.wrong;
      if (report_.first_problem.empty())
        report_.first_problem = "an answer came that nobody asked for";
      return Close(connection);
    }
    connection.reader.Consume(data);
    if (connection.reader.unreadable())
      return Fail(connection, &Report::wrong, connection.reader.fault());
    if (connection.reader.complete()) OnAnswer(connection, now);
  }
  if (start_ > 0) Dispatch(now);
}

void Client::OnAnswer(Connection& connection, Nanoseconds now) {
  const Exchange& exchange = connection.batch[connection.answered++];
  ++report_.answers;
  --unanswered_;
  failures_in_a_row_ = 0;
  last_answer_ = now;
  if (plan_.tell_kinds) CountKind(connection.reader, now - exchange.since);
  if (connection.reader.fault().empty()) {
    report_.latency.Record(now - exchange.since);
    answered_in_window_ += now >= start_ + plan_.ramp && now <= stop_;
  } else {
    ++report_.wrong;
    if (report_.first_problem.empty()) report_.first_problem = connection.reader.fault();
  }
  const bool last = connection.answered == connection.batch.size();
  if (connection.reader.closes() || (plan_.close && last)) {
    if (!last) return Fail(connection, &Report::errors, "the server closed before it answered");
    Close(connection);
  }
  if (last) return Release(connection);
  connection.reader.Start(connection.batch[connection.answered].request->expectation);
}

void Client::CountKind(const AnswerReader& answer, Nanoseconds latency) {
  auto& causes = report_.kinds[answer.status()];
  auto found = causes.find(answer.cause());
  if (found == causes.end()) found = causes.emplace(answer.cause(), Kind()).first;
  Kind& kind = found->second;
  ++kind.answers;
  kind.in_time += plan_.patience == 0 || latency <= plan_.patience;
  kind.latency.Record(latency);
}

void Client::Write(Connection& connection) {
  std::array<iovec, 64> pieces;
  while (connection.written < connection.batch.size()) {
    const size_t count = std::min(pieces.size(), connection.batch.size() - connection.written);
    for (size_t i = 0; i < count; ++i) {
      const std::string& bytes = connection.batch[connection.written + i].request->bytes;
      const size_t skip = i == 0 ? connection.written_bytes : 0;
      pieces[i] = {const_cast<char*>(bytes.data()) + skip, bytes.size() - skip};
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    const ssize_t sent = sendmsg(connection.fd, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return WatchWrite(connection, true);
    if (sent < 0)
      return Fail(connection, &Report::errors, std::string("send: ") + std::strerror(errno));
    connection.written_bytes += sent;
    while (connection.written < connection.batch.size()) {
      const size_t size = connection.batch[connection.written].request->bytes.size();
      if (connection.written_bytes < size) break;
      connection.written_bytes -= size;
      ++connection.written;
    }
  }
  WatchWrite(connection, false);
}

void Client::WatchWrite(Connection& connection, bool wanted) {
  if (connection.wants_write == wanted) return;
  connection.wants_write = wanted;
  epoll_event event{};
  event.events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = &connection;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
}

// Counts all that the connection still owed, and closes it.
void Client::Fail(Connection& connection, uint64_t Report::*counter, std::string problem) {
  const uint64_t lost = connection.batch.size() - connection.answered;
  report_.*counter += lost;
  unanswered_ -= lost;
  failures_in_a_row_ += lost;
  if (report_.first_problem.empty()) report_.first_problem = std::move(problem);
  if (failures_in_a_row_ >= kFailuresInARowMax) stop_ = 0;
  Close(connection);
  if (!connection.batch.empty()) Release(connection);
}

void Client::FailLate(Nanoseconds now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepPeriod;
  for (Connection& connection : connections_) {
    if (connection.batch.empty() ||
        now < connection.batch[connection.answered].sent + plan_.timeout)
      continue;
    Fail(connection, &Report::timeouts, "no answer in time");
  }
}

// When the next batch is due; in the closed loop, after the ramp, always at once.
Nanoseconds Client::NextDue() const {
  if (plan_.rate > 0)
    return start_ + static_cast<Nanoseconds>(static_cast<double>(batches_) * kSecond / plan_.rate);
  if (batches_ >= connections_.size()) return 0;
  return start_ + plan_.ramp * static_cast<Nanoseconds>(batches_) /
                      static_cast<Nanoseconds>(connections_.size());
}

bool Client::HasMore(Nanoseconds now) const {
  if (count_max_ > 0 && assigned_ >= count_max_) return false;
  if (plan_.rate > 0) return NextDue() < stop_ && now < stop_ + plan_.timeout;
  return now < stop_;
}

void Client::Dispatch(Nanoseconds now) {
  while (!free_.empty() && HasMore(now) && NextDue() <= now) {
    Connection& connection = *free_.front();
    free_.pop_front();
    const Nanoseconds due = NextDue();
    Assign(connection, plan_.rate > 0 ? due : now, now);
    if (connection.state == State::kClosed) Open(connection);
    if (connection.state == State::kOpen) Write(connection);
  }
}

void Client::Assign(Connection& connection, Nanoseconds since, Nanoseconds now) {
  size_t size = plan_.rate > 0 ? 1 : plan_.pipeline;
  if (count_max_ > 0) size = std::min<uint64_t>(size, count_max_ - assigned_);
  for (size_t i = 0; i < size; ++i) {
    connection.batch.push_back({&plan_.requests[next_request_], since, now});
    next_request_ = (next_request_ + 1) % plan_.requests.size();
  }
  connection.reader.Start(connection.batch.front().request->expectation);
  ++batches_;
  assigned_ += size;
  unanswered_ += size;
}

Nanoseconds Client::NextWake(Nanoseconds now) const {
  return HasMore(now) && !free_.empty() ? std::min(next_sweep_, NextDue()) : next_sweep_;
}

// Open loop: what was due but never found a free connection.
void Client::CountUnsent() {
  if (plan_.rate == 0 || count_max_ > 0 || NextDue() >= stop_) return;
  report_.timeouts +=
      static_cast<uint64_t>(static_cast<double>(stop_ - NextDue()) / kSecond * plan_.rate);
}

Report Client::Run(Nanoseconds duration, uint64_t count_max) {
  report_ = {};
  count_max_ = count_max;
  batches_ = assigned_ = answered_in_window_ = failures_in_a_row_ = 0;
  cpu_at_start_ = CpuTime();
  start_ = last_answer_ = Now();
  stop_ = start_ + duration;
  next_sweep_ = start_ + kSweepPeriod;
  for (Nanoseconds now = start_; HasMore(now) || unanswered_ > 0; now = Now()) {
    Dispatch(now);
    Poll(NextWake(now));
    FailLate(Now());
  }
  CountUnsent();
  Conclude(duration);
  start_ = 0;
  return std::move(report_);
}

// The rate leaves out the ramp and the time after the stop, in which fewer and fewer connections
// wait for an answer.
void Client::Conclude(Nanoseconds duration) {
  report_.elapsed = std::max<Nanoseconds>(1, last_answer_ - start_);
  report_.busy =
      static_cast<double>(CpuTime() - cpu_at_start_) / static_cast<double>(Now() - start_);
  const bool counted = count_max_ > 0;
  const uint64_t answers = counted ? report_.latency.count() : answered_in_window_;
  const Nanoseconds window = counted ? report_.elapsed : duration - plan_.ramp;
  report_.rate = static_cast<double>(answers) * kSecond / static_cast<double>(window);
}

}  // namespace troupe::bench
