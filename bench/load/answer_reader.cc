#include "bench/load/answer_reader.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

namespace troupe::bench {
namespace {

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text, int base) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

constexpr std::string_view kCausePrefix = "about:blank#";
constexpr size_t kErrorKept = 64;  // a cause is in the first member

}  // namespace

std::string_view AnswerReader::cause() const {
  const std::string_view error = error_;
  const size_t at = error.find(kCausePrefix);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = error.substr(at + kCausePrefix.size());
  return rest.substr(0, rest.find('"'));
}

void AnswerReader::Start(const Expectation& expectation) {
  expectation_ = &expectation;
  state_ = State::kHead;
  closes_ = false;
  chunked_ = false;
  length_.reset();
  remaining_ = 0;
  body_offset_ = 0;
  status_ = 0;
  held_.clear();
  error_.clear();
  fault_.clear();
}

void AnswerReader::Consume(std::string_view& data) {
  while (!data.empty() && !complete() && !unreadable()) {
    switch (state_) {
      case State::kHead:
        if (const auto head = TakeThrough("\r\n\r\n", data)) ReadHead(*head);
        break;
      case State::kChunkLine:
        if (const auto line = TakeThrough("\r\n", data)) ReadChunkLine(*line);
        break;
      case State::kChunkEnd:
        if (const auto line = TakeThrough("\r\n", data)) {
          state_ = State::kChunkLine;
          if (line->size() != 2) Unreadable("a chunk is longer than its line says");
        }
        break;
      case State::kTrailers:
        if (const auto line = TakeThrough("\r\n", data); line && line->size() == 2) Complete();
        break;
      case State::kBody:
      case State::kChunk:
        ReadBody(data);
        break;
      case State::kComplete:
      case State::kUnreadable:
        break;
    }
  }
}

std::optional<std::string_view> AnswerReader::TakeThrough(std::string_view end,
                                                          std::string_view& data) {
  if (release_held_) held_.clear();
  release_held_ = false;
  if (held_.empty()) {
    const size_t at = data.find(end);
    if (at != std::string_view::npos) {
      const std::string_view taken = data.substr(0, at + end.size());
      data.remove_prefix(taken.size());
      return taken;
    }
    held_ = data;
    data = {};
    return std::nullopt;
  }
  const size_t held_before = held_.size();
  const size_t from = held_before - std::min(held_before, end.size() - 1);
  held_ += data;
  const size_t at = held_.find(end, from);
  if (at == std::string::npos) {
    data = {};
    return std::nullopt;
  }
  held_.resize(at + end.size());
  data.remove_prefix(held_.size() - held_before);
  release_held_ = true;
  return held_;
}

void AnswerReader::ReadHead(std::string_view head) {
  const auto status = head.starts_with("HTTP/1.") && head.size() > 12
                          ? ParseNumber<int>(head.substr(9, 3), 10)
                          : std::nullopt;
  if (!status) return Unreadable("the answer does not begin with a status line");
  closes_ = head[7] == '0';
  size_t at = head.find("\r\n") + 2;
  while (at + 2 < head.size()) {
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    at += line.size() + 2;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return Unreadable("a field has no colon");
    ReadField(line.substr(0, colon), Trim(line.substr(colon + 1)));
  }
  if (*status / 100 == 1) {
    state_ = State::kHead;
    return;
  }
  status_ = *status;
  if (std::find(expectation_->statuses.begin(), expectation_->statuses.end(), *status) ==
      expectation_->statuses.end()) {
    Fault("the status is " + std::to_string(*status));
  }
  if (unreadable()) return;
  if (expectation_->head || *status == 204 || *status == 304) return Complete();
  if (chunked_) {
    state_ = State::kChunkLine;
  } else if (!length_) {
    Unreadable("the answer has neither Content-Length nor chunks");
  } else {
    state_ = State::kBody;
    remaining_ = *length_;
    if (remaining_ == 0) Complete();
  }
}

void AnswerReader::ReadField(std::string_view name, std::string_view value) {
  if (EqualsIgnoringCase(name, "content-length")) {
    length_ = ParseNumber<uint64_t>(value, 10);
    if (!length_) Unreadable("Content-Length is no number");
  } else if (EqualsIgnoringCase(name, "transfer-encoding")) {
    chunked_ = EqualsIgnoringCase(value, "chunked");
  } else if (EqualsIgnoringCase(name, "connection")) {
    closes_ =
        EqualsIgnoringCase(value, "close") || (closes_ && !EqualsIgnoringCase(value, "keep-alive"));
  }
}

void AnswerReader::ReadChunkLine(std::string_view line) {
  const auto size = ParseNumber<uint64_t>(line.substr(0, line.find_first_of(";\r")), 16);
  if (!size) return Unreadable("a chunk's size is no number");
  remaining_ = *size;
  state_ = *size == 0 ? State::kTrailers : State::kChunk;
}

void AnswerReader::ReadBody(std::string_view& data) {
  const std::string_view piece = data.substr(0, remaining_);
  data.remove_prefix(piece.size());
  if (expectation_->body &&
      std::string_view(*expectation_->body)
              .substr(std::min<size_t>(body_offset_, expectation_->body->size()), piece.size()) !=
          piece) {
    Fault("the body differs from what was expected");
  }
  if (status_ >= 400) error_ += piece.substr(0, kErrorKept - std::min(kErrorKept, error_.size()));
  body_offset_ += piece.size();
  remaining_ -= piece.size();
  if (remaining_ > 0) return;
  if (state_ == State::kChunk) {
    state_ = State::kChunkEnd;
  } else {
    Complete();
  }
}

void AnswerReader::Complete() {
  if (expectation_->body && !expectation_->head && body_offset_ != expectation_->body->size()) {
    Fault("the body has " + std::to_string(body_offset_) + " bytes");
  }
  state_ = State::kComplete;
}

void AnswerReader::Unreadable(std::string why) {
  Fault(std::move(why));
  state_ = State::kUnreadable;
}

void AnswerReader::Fault(std::string why) {
  if (fault_.empty()) fault_ = std::move(why);
}

}  // namespace troupe::bench
