#include "tests/http/request_reader.h"

#include <algorithm>
#include <utility>

namespace troupe::http {

void RequestReader::Feed(std::string_view piece) {
  pending_.append(piece);
  fed_ += piece.size();
  while (!refused_ && (in_body_ ? ReadBody() : ReadHead())) {
  }
}

std::string RequestReader::Summary() const {
  const bool in_middle = !refused_ && (in_body_ || parser_.begun());
  return in_middle ? summary_ + "..." : summary_;
}

bool RequestReader::ReadHead() {
  const std::vector<char> exact(pending_.begin(), pending_.end());
  const std::string_view data(exact.data(), exact.size());
  const HeadParser::State state = parser_.Parse(data, head_limits_, head_);
  if (state == HeadParser::State::kNeedMore) return false;
  if (state == HeadParser::State::kRefused) {
    Refuse(parser_.refusal());
    return false;
  }
  head_summary_ = Describe();
  transcript_.append(head_summary_).append(" of ").append(head_.target).append("\n");
  for (const Fields::Entry field : head_.fields) {
    transcript_.append(field.name).append(": ").append(field.value).append("\n");
  }
  pending_.erase(0, parser_.consumed());
  in_body_ = true;
  return true;
}

bool RequestReader::ReadBody() {
  const bool whole = head_.framing == BodyFraming::kChunked ? ReadChunkedBody() : ReadLengthBody();
  if (whole) FinishRequest();
  return whole;
}

bool RequestReader::ReadLengthBody() {
  const size_t missing = head_.content_length - body_.size();
  const size_t size = std::min<size_t>(missing, pending_.size());
  body_.append(pending_, 0, size);
  pending_.erase(0, size);
  return size == missing;
}

bool RequestReader::ReadChunkedBody() {
  const std::vector<char> exact(pending_.begin(), pending_.end());
  std::string_view input(exact.data(), exact.size());
  for (;;) {
    std::string_view data;
    const ChunkedDecoder::Event event = decoder_.Next(input, data, chunked_limits_);
    pending_.assign(input);
    if (event == ChunkedDecoder::Event::kData) {
      body_.append(data);
      continue;
    }
    if (event == ChunkedDecoder::Event::kRefused) Refuse(decoder_.refusal());
    return event == ChunkedDecoder::Event::kEnd;
  }
}

void RequestReader::FinishRequest() {
  if (!summary_.empty()) summary_ += " | ";
  summary_ += head_summary_;
  if (head_.framing != BodyFraming::kNone) summary_ += " \"" + body_ + "\"";
  transcript_ += "body \"" + body_ + "\"\n";
  whole_.push_back({fed_ - pending_.size(), head_.keep_alive, std::move(body_)});
  body_.clear();
  in_body_ = false;
  parser_.Reset();
  decoder_.Reset();
}

void RequestReader::Refuse(Refusal refusal) {
  refused_ = true;
  const std::string text =
      std::to_string(RefusalStatus(refusal)) + " " + std::string(RefusalName(refusal));
  summary_ += (summary_.empty() ? "" : " | ") + text;
  transcript_ += text + "\n";
}

std::string RequestReader::Describe() const {
  std::string text(MethodName(head_.method));
  text.append(" ").append(head_.path);
  if (!head_.query.empty()) text.append("?").append(head_.query);
  if (!head_.host.empty()) text.append(" ").append(head_.host);
  if (head_.form == TargetForm::kAsterisk) text += " asterisk";
  if (head_.form == TargetForm::kAbsolute) text += " absolute";
  if (head_.version_minor == 0) text += " 1.0";
  if (!head_.keep_alive) text += " close";
  if (head_.expect_continue) text += " expect";
  return text;
}

}  // namespace troupe::http
