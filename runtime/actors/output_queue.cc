#include "runtime/actors/output_queue.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace troupe {
namespace {

constexpr size_t kCopiedBodyMax = 8 << 10;  // beyond it a copy costs more than a segment of its own
constexpr size_t kPiecesPerCall = 16;

}  // namespace

char* OutputQueue::Reserve(size_t size) {
  if (segments_.empty() || !segments_.back().buffer ||
      segments_.back().buffer->free_size() < size) {
    // The first piece of a turn is usually a single small answer.
    size_t capacity = segments_.empty() ? size : std::max<size_t>(size, 8 << 10);
    segments_.emplace_back();
    segments_.back().buffer = buffers_.Borrow(capacity);
  }
  return segments_.back().buffer->free_begin();
}

void OutputQueue::Commit(size_t size) {
  segments_.back().buffer->filled += static_cast<uint32_t>(size);
  appended_ += size;
}

void OutputQueue::Append(std::string_view bytes) {
  std::memcpy(Reserve(bytes.size()), bytes.data(), bytes.size());
  Commit(bytes.size());
}

void OutputQueue::AppendBody(std::string&& body) {
  if (body.empty()) return;
  if (body.size() <= kCopiedBodyMax) {
    Append(body);
    return;
  }
  appended_ += body.size();
  segments_.emplace_back();
  segments_.back().body = std::move(body);
}

OutputQueue::Result OutputQueue::WriteTo(int fd) {
  while (!empty()) {
    std::array<iovec, kPiecesPerCall> pieces;
    size_t count = 0;
    size_t offered = 0;
    for (const Segment& segment : segments_) {
      if (count == pieces.size()) break;
      std::string_view rest = segment.rest();
      pieces[count++] = {const_cast<char*>(rest.data()), rest.size()};
      offered += rest.size();
    }
    ssize_t result;
    if (count == 1) {
      result = send(fd, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL);
    } else {
      msghdr message{};
      message.msg_iov = pieces.data();
      message.msg_iovlen = count;
      result = sendmsg(fd, &message, MSG_NOSIGNAL);
    }
    if (result < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? Result::kBlocked : Result::kError;
    }
    Consume(static_cast<size_t>(result));
    if (static_cast<size_t>(result) < offered) return Result::kBlocked;
  }
  return Result::kAll;
}

void OutputQueue::Clear() {
  segments_.clear();
  sent_ = appended_;
}

void OutputQueue::Consume(size_t size) {
  sent_ += size;
  if (empty()) {
    segments_.clear();
    return;
  }
  size_t done = 0;
  while (size > 0) {
    Segment& segment = segments_[done];
    size_t rest = segment.rest().size();
    if (size < rest) {
      segment.sent += size;
      break;
    }
    size -= rest;
    ++done;
  }
  segments_.erase(segments_.begin(), segments_.begin() + static_cast<ptrdiff_t>(done));
}

}  // namespace troupe
