#include "runtime/actors/output_queue.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace troupe {
namespace {

constexpr size_t kPiecesPerCall = 16;

}  // namespace

char* OutputQueue::AddBuffer(size_t size) {
  // The first piece of a turn is usually a single small answer.
  size_t capacity = segments_.empty() ? size : std::max<size_t>(size, 8 << 10);
  segments_.emplace_back().buffer = buffers_.Borrow(capacity);
  tail_ = segments_.back().buffer.get();
  return tail_->free_begin();
}

void OutputQueue::AddBody(std::string&& body) {
  appended_ += body.size();
  segments_.emplace_back().body = std::move(body);
  tail_ = nullptr;
}

OutputQueue::Result OutputQueue::WriteTo(int fd, bool closing) {
  const int flags = MSG_NOSIGNAL | (closing ? MSG_MORE : 0);
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
      result = send(fd, pieces[0].iov_base, pieces[0].iov_len, flags);
    } else {
      msghdr message{};
      message.msg_iov = pieces.data();
      message.msg_iovlen = count;
      result = sendmsg(fd, &message, flags);
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
  DropSegments();
  sent_ = appended_;
}

void OutputQueue::DropSegments() {
  segments_.clear();
  tail_ = nullptr;
}

void OutputQueue::Consume(size_t size) {
  sent_ += size;
  if (empty()) {
    DropSegments();
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
