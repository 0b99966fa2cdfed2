#include "runtime/http/head_parser.h"

#include <algorithm>
#include <limits>

#include "runtime/http/authority.h"
#include "runtime/http/field_line.h"
#include "runtime/http/request_target.h"
#include "runtime/http/scan.h"

namespace troupe::http {
namespace {

// Robust clients send one at most; RFC 9112 section 2.2 asks for tolerance, not for patience.
constexpr uint8_t kEmptyLinesMax = 4;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

constexpr std::string_view kUsualMethod = "GET ";  // a head has this one until it has another
constexpr std::string_view kUsualVersionLine = "HTTP/1.1\r\n";
constexpr size_t kMajorOffset = 5;
constexpr size_t kMinorOffset = 7;

// Checks what is there of the version and the line's end; kNone when it is good, or may still
// become so.
Refusal CheckVersionLine(std::string_view line) {
  constexpr size_t kVersionSize = 8;
  for (size_t i = 0; i < line.size(); ++i) {
    const bool digit = i == kMajorOffset || i == kMinorOffset;
    if (digit ? IsDigit(line[i]) : line[i] == kUsualVersionLine[i]) continue;
    if (i > kVersionSize) return Refusal::kBareCarriageReturn;
    const bool line_feed = i == kVersionSize && line[i] == '\n';
    return line_feed ? Refusal::kBareLineFeed : Refusal::kInvalidVersion;
  }
  return Refusal::kNone;
}

}  // namespace

// Flattened into one function, a whole head is read with its positions in registers.
[[gnu::flatten]] HeadParser::State HeadParser::Parse(std::string_view data,
                                                     const HeadLimits& limits, RequestHead& head) {
  if (pos_ == 0) head.Clear();
  const Input in{data.data(), data.data() + data.size(), limits, head};
  const char* p = in.begin + pos_;
  switch (phase_) {
    case Phase::kEmptyLines:
      if ((p = ReadEmptyLines(in, p)) == nullptr) break;
      [[fallthrough]];
    case Phase::kMethod:
      if ((p = ReadMethod(in, p)) == nullptr) break;
      [[fallthrough]];
    case Phase::kTarget:
      if ((p = ReadTarget(in, p)) == nullptr) break;
      [[fallthrough]];
    case Phase::kVersion:
      if ((p = ReadVersion(in, p)) == nullptr) break;
      [[fallthrough]];
    case Phase::kFieldName:
    case Phase::kFieldBlanks:
    case Phase::kFieldValue:
      ReadFields(in, p);
      break;
    case Phase::kDone:
    case Phase::kRefused:
      break;
  }
  if (phase_ != Phase::kDone && phase_ != Phase::kRefused) return State::kNeedMore;
  PublishViews(in);
  return phase_ == Phase::kDone ? State::kDone : State::kRefused;
}

const char* HeadParser::Pause(Phase phase, const Input& in, const char* p) {
  phase_ = phase;
  pos_ = static_cast<uint32_t>(p - in.begin);
  return nullptr;
}

const char* HeadParser::Refuse(Refusal refusal) {
  phase_ = Phase::kRefused;
  refusal_ = refusal;
  return nullptr;
}

const char* HeadParser::ReadEmptyLines(const Input& in, const char* p) {
  for (;; p += 2) {
    if (p == in.end) return Pause(Phase::kEmptyLines, in, p);
    if (*p != '\r') break;
    if (empty_lines_ == kEmptyLinesMax) return Refuse(Refusal::kTooManyEmptyLines);
    if (p + 1 == in.end) return Pause(Phase::kEmptyLines, in, p);
    if (p[1] != '\n') return Refuse(Refusal::kBareCarriageReturn);
    ++empty_lines_;
  }
  if (*p == '\n') return Refuse(Refusal::kBareLineFeed);
  line_begin_ = static_cast<uint32_t>(p - in.begin);
  return p;
}

const char* HeadParser::ReadMethod(const Input& in, const char* p) {
  const char* begin = in.begin + line_begin_;
  if (std::string_view(begin, in.end).substr(0, kUsualMethod.size()) == kUsualMethod) {
    target_begin_ = line_begin_ + static_cast<uint32_t>(kUsualMethod.size());
    return begin + kUsualMethod.size();
  }
  p = SkipToken(p, in.end);
  const size_t size = p - begin;
  if (size > in.limits.request_line_bytes_max) return Refuse(Refusal::kUnknownMethod);
  if (p == in.end) return Pause(Phase::kMethod, in, p);
  if (*p != ' ' || size == 0) {
    const bool line_ends = size != 0 && (*p == '\r' || *p == '\n');
    return Refuse(line_ends ? Refusal::kMalformedRequestLine : Refusal::kInvalidMethod);
  }
  // An unknown method is refused only behind the version, which says what methods there are.
  const std::optional<Method> method = ParseMethod({begin, size});
  unknown_method_ = !method.has_value();
  in.head.method = method.value_or(Method::kGet);
  ++p;
  target_begin_ = static_cast<uint32_t>(p - in.begin);
  return p;
}

const char* HeadParser::ReadTarget(const Input& in, const char* p) {
  constexpr size_t kBlankAndVersionSize = 9;
  const char* begin = in.begin + target_begin_;
  for (;;) {
    p = SkipBytes<kTargetByte>(p, in.end);
    if (p == in.end || *p == ' ') break;
    const Refusal refusal = CheckSpecialByte({p, in.end}, query_offset_ == 0);
    if (refusal != Refusal::kNone) return StopInTarget(refusal, in, p);
    if (*p == '?' && query_offset_ == 0) query_offset_ = static_cast<uint16_t>(p - begin);
    const int size = *p == '%' ? 3 : 1;
    if (in.end - p < size) break;
    p += size;
  }
  if (p == in.end || *p != ' ') return StopInTarget(Refusal::kNone, in, p);
  if (p == begin) return StopInTarget(Refusal::kMalformedRequestLine, in, p);
  const size_t line_size = p - (in.begin + line_begin_) + kBlankAndVersionSize;
  if (line_size > in.limits.request_line_bytes_max) return Refuse(Refusal::kRequestLineTooLong);
  target_size_ = static_cast<uint16_t>(p - begin);
  return p + 1;
}

// The limit comes first, so that the refusal does not depend on how much was read at a time.
const char* HeadParser::StopInTarget(Refusal refusal, const Input& in, const char* p) {
  const size_t line_size = p - (in.begin + line_begin_);
  if (line_size > in.limits.request_line_bytes_max) return Refuse(Refusal::kRequestLineTooLong);
  return refusal == Refusal::kNone ? Pause(Phase::kTarget, in, p) : Refuse(refusal);
}

const char* HeadParser::ReadVersion(const Input& in, const char* p) {
  const std::string_view line = std::string_view(p, in.end).substr(0, kUsualVersionLine.size());
  if (line != kUsualVersionLine) {
    const Refusal refusal = CheckVersionLine(line);
    if (refusal != Refusal::kNone) return Refuse(refusal);
    if (line.size() < kUsualVersionLine.size()) return Pause(Phase::kVersion, in, p);
    if (line[kMajorOffset] != '1') return Refuse(Refusal::kUnsupportedVersion);
    // A higher minor version is read as the highest known one (RFC 9110 section 2.5).
    in.head.version_minor = line[kMinorOffset] == '0' ? 0 : 1;
  }
  if (Refusal refusal = CheckMethodAndTarget(in); refusal != Refusal::kNone) return Refuse(refusal);
  p += kUsualVersionLine.size();
  line_begin_ = fields_begin_ = static_cast<uint32_t>(p - in.begin);
  phase_ = Phase::kFieldName;
  return p;
}

Refusal HeadParser::CheckMethodAndTarget(const Input& in) {
  if (unknown_method_) return Refusal::kUnknownMethod;
  if (in.head.method == Method::kConnect) return Refusal::kConnectNotSupported;
  const std::string_view target(in.begin + target_begin_, target_size_);
  if (target[0] == '/') return Refusal::kNone;  // origin form; ReadTargetForm knows the others
  TargetParts parts;
  const Refusal refusal = ReadTargetForm(target, in.head.method, parts);
  in.head.form = parts.form;
  path_offset_ = parts.path_offset;
  host_begin_ = target_begin_ + parts.host_offset;
  host_size_ = parts.host_size;
  return refusal;
}

void HeadParser::ReadFields(const Input& in, const char* p) {
  for (Phase phase = phase_; p != nullptr; phase = Phase::kFieldName) {
    switch (phase) {
      case Phase::kFieldName:
        if ((p = ReadFieldName(in, p)) == nullptr) return;
        [[fallthrough]];
      case Phase::kFieldBlanks:
        if ((p = ReadFieldBlanks(in, p)) == nullptr) return;
        [[fallthrough]];
      default:
        p = ReadFieldValue(in, p);
    }
  }
}

const char* HeadParser::ReadFieldName(const Input& in, const char* p) {
  const char* begin = in.begin + line_begin_;
  if (begin == in.end) return Pause(Phase::kFieldName, in, p);
  if (*begin == '\r') return ReadHeadEnd(in, begin);
  if (!IsOfClass(*begin, kTokenByte)) {
    return Refuse(WhyNoField(*begin, line_begin_ == fields_begin_));
  }
  if (in.head.fields.size() >= in.limits.fields_max) return Refuse(Refusal::kTooManyFields);
  p = SkipToken(p, in.end);
  const size_t size = p - begin;
  if (p == in.end || *p != ':' || size > in.limits.field_name_bytes_max) {
    return StopInField(Phase::kFieldName, in, p);
  }
  name_size_ = static_cast<uint16_t>(size);
  return p + 1;
}

const char* HeadParser::ReadFieldBlanks(const Input& in, const char* p) {
  while (p != in.end && IsBlank(*p)) ++p;
  if (p == in.end) return StopInField(Phase::kFieldBlanks, in, p);
  value_begin_ = static_cast<uint32_t>(p - in.begin);
  return p;
}

const char* HeadParser::ReadFieldValue(const Input& in, const char* p) {
  p = SkipBytes<kValueByte>(p, in.end);
  const size_t end_max = std::min<size_t>(size_t{line_begin_} + in.limits.field_bytes_max,
                                          size_t{fields_begin_} + in.limits.fields_bytes_max);
  if (p == in.end || *p != '\r' || static_cast<size_t>(p - in.begin) > end_max) {
    return StopInField(Phase::kFieldValue, in, p);
  }
  if (p + 1 == in.end) return Pause(Phase::kFieldValue, in, p);
  if (p[1] != '\n') return Refuse(Refusal::kBareCarriageReturn);
  if (Refusal refusal = TakeField(in, p); refusal != Refusal::kNone) return Refuse(refusal);
  p += 2;
  line_begin_ = static_cast<uint32_t>(p - in.begin);
  return p;
}

// The limit that was reached first decides, so that the refusal does not depend on how much was
// read at a time.
const char* HeadParser::StopInField(Phase phase, const Input& in, const char* p) {
  const size_t pos = p - in.begin;
  const size_t name_end_max = phase == Phase::kFieldName
                                  ? size_t{line_begin_} + in.limits.field_name_bytes_max
                                  : std::numeric_limits<size_t>::max();
  const size_t field_end_max = size_t{line_begin_} + in.limits.field_bytes_max;
  const size_t section_end_max = size_t{fields_begin_} + in.limits.fields_bytes_max;
  const size_t first = std::min({name_end_max, field_end_max, section_end_max});
  if (pos > first) {
    if (first == name_end_max) return Refuse(Refusal::kFieldNameTooLong);
    return Refuse(first == field_end_max ? Refusal::kFieldTooLarge : Refusal::kFieldsTooLarge);
  }
  if (p == in.end) return Pause(phase, in, p);
  return Refuse(phase == Phase::kFieldName ? WhyNoColon(*p) : WhyNoValueByte(*p));
}

Refusal HeadParser::TakeField(const Input& in, const char* value_end) {
  const char* begin = in.begin + value_begin_;
  while (value_end != begin && IsBlank(value_end[-1])) --value_end;
  const std::string_view value(begin, value_end - begin);
  const KnownField known = KnownFieldOf({in.begin + line_begin_, name_size_});
  in.head.fields.Add({.name_begin = line_begin_,
                      .value_begin = value_begin_,
                      .name_size = name_size_,
                      .value_size = static_cast<uint16_t>(value.size()),
                      .known = known});
  return known == KnownField::kOther ? Refusal::kNone : Interpret(known, value, in);
}

Refusal HeadParser::Interpret(KnownField field, std::string_view value, const Input& in) {
  RequestHead& head = in.head;
  switch (field) {
    case KnownField::kHost:
      return TakeHost(value, in);
    case KnownField::kConnection:
      TakeConnection(value);
      return Refusal::kNone;
    case KnownField::kContentLength:
      return TakeContentLength(value, head);
    case KnownField::kTransferEncoding:
      return TakeTransferEncoding(value, head);
    case KnownField::kExpect:
      if (!EqualsIgnoreCase(value, "100-continue")) return Refusal::kUnsupportedExpectation;
      head.expect_continue = head.version_minor >= 1;
      return Refusal::kNone;
    default:
      return Refusal::kNone;
  }
}

// Well-formed and alone (RFC 9112 section 3.2).
Refusal HeadParser::TakeHost(std::string_view value, const Input& in) {
  if (host_seen_) return Refusal::kRepeatedHost;
  host_seen_ = true;
  if (value.empty()) return Refusal::kEmptyHost;
  // The usual host has no port. Looking for its end beyond the value makes longer steps.
  const bool is_name = SkipBytes<kHostByte>(value.data(), in.end) == value.data() + value.size();
  if (!is_name && !IsAuthority(value)) return Refusal::kInvalidHost;
  // The authority of an absolute target takes its place (RFC 9112 section 3.2.2).
  if (in.head.form == TargetForm::kAbsolute) return Refusal::kNone;
  host_begin_ = value_begin_;
  host_size_ = static_cast<uint16_t>(value.size());
  return Refusal::kNone;
}

void HeadParser::TakeConnection(std::string_view value) {
  ListReader options(value);
  for (std::string_view option; options.Next(option);) {
    if (EqualsIgnoreCase(option, "close")) close_ = true;
    if (EqualsIgnoreCase(option, "keep-alive")) keep_alive_ = true;
  }
}

Refusal HeadParser::TakeContentLength(std::string_view value, RequestHead& head) {
  if (head.framing == BodyFraming::kChunked) return Refusal::kConflictingFraming;
  std::optional<uint64_t> length;
  if (head.framing == BodyFraming::kLength) length = head.content_length;
  if (Refusal refusal = ReadContentLength(value, length); refusal != Refusal::kNone) return refusal;
  head.framing = BodyFraming::kLength;
  head.content_length = *length;
  return Refusal::kNone;
}

Refusal HeadParser::TakeTransferEncoding(std::string_view value, RequestHead& head) {
  if (head.version_minor == 0) return Refusal::kTransferEncodingInHttp10;
  if (head.framing == BodyFraming::kLength) return Refusal::kConflictingFraming;
  head.framing = BodyFraming::kChunked;
  return ReadTransferEncoding(value, codings_);
}

const char* HeadParser::ReadHeadEnd(const Input& in, const char* p) {
  if (p + 1 == in.end) return Pause(Phase::kFieldName, in, p);
  if (p[1] != '\n') return Refuse(Refusal::kBareCarriageReturn);
  RequestHead& head = in.head;
  if (head.framing == BodyFraming::kChunked) {
    const Refusal refusal = CheckTransferCodings(codings_);
    if (refusal != Refusal::kNone) return Refuse(refusal);
  }
  if (!host_seen_ && head.version_minor >= 1) return Refuse(Refusal::kMissingHost);
  head.keep_alive = !close_ && (keep_alive_ || head.version_minor >= 1);
  return Pause(Phase::kDone, in, p + 2);
}

void HeadParser::PublishViews(const Input& in) const {
  RequestHead& head = in.head;
  head.fields.SetBase(in.begin);
  head.host = {in.begin + host_begin_, host_size_};
  head.target = {in.begin + target_begin_, target_size_};
  if (fields_begin_ == 0) return;  // the target was not found good
  head.path = head.target.substr(path_offset_);
  if (query_offset_ != 0) {
    head.path = head.target.substr(path_offset_, query_offset_ - path_offset_);
    head.query = head.target.substr(query_offset_ + 1);
  }
  if (head.path.empty()) head.path = "/";
}

}  // namespace troupe::http
