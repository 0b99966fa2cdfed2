// Makes a RequestHead of bytes (RFC 9112 sections 2 to 3, 5 to 7; RFC 9110 section 5; RFC 3986
// section 3). Strict: what two parsers could read differently is refused. No sockets, no allocation
// but the growth of head.fields. One parser per connection, used on its reactor only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/http/body_framing.h"
#include "runtime/http/refusal.h"
#include "runtime/http/request_head.h"

namespace troupe::http {

// See config.proto for the defaults and their reasons. All at most 65535 but fields_bytes_max.
struct HeadLimits {
  uint32_t request_line_bytes_max = 8192;  // -> 414 (or 501 for a method that never ends)
  uint32_t field_bytes_max = 8192;         // one field's line -> 431
  uint32_t field_name_bytes_max = 256;     // -> 431
  uint32_t fields_bytes_max = 32768;       // the whole section -> 431
  uint32_t fields_max = 100;               // -> 431
};

class HeadParser {
 public:
  enum class State : uint8_t { kNeedMore, kDone, kRefused };

  // `data` is everything read of this head so far, beginning with the same byte in each call: the
  // bytes may have moved, what was given before must not have changed. Work done is proportional to
  // what is new. Errors are found as early as the bytes allow, not only when the head is whole.
  //   kNeedMore: call again with more.
  //   kDone:     head is filled in, its views point into `data`; consumed() bytes belong to it.
  //   kRefused:  refusal() says why; the connection cannot go on. For the log, head holds what was
  //              read up to there: the target may be empty, an unknown method is left as GET.
  State Parse(std::string_view data, const HeadLimits& limits, RequestHead& head);

  // Bytes of leading empty lines are part of it. 0 until kDone.
  size_t consumed() const { return phase_ == Phase::kDone ? pos_ : 0; }
  Refusal refusal() const { return refusal_; }
  // True once a byte of the head itself (not of a leading empty line) was seen: the request is
  // accepted.
  bool begun() const { return phase_ != Phase::kEmptyLines; }
  // For the next head on the connection.
  void Reset() { *this = HeadParser(); }

 private:
  // What the next byte belongs to.
  enum class Phase : uint8_t {
    kEmptyLines,
    kMethod,
    kTarget,
    kVersion,
    kFieldName,
    kFieldBlanks,
    kFieldValue,
    kDone,
    kRefused,
  };
  struct Input {
    const char* begin;
    const char* end;
    const HeadLimits& limits;
    RequestHead& head;
  };

  // Each reads its part of the head from `p` on. Returns where the next part begins, or null when
  // more bytes are needed or the head is done or refused.
  const char* ReadEmptyLines(const Input& in, const char* p);
  const char* ReadMethod(const Input& in, const char* p);
  const char* ReadTarget(const Input& in, const char* p);
  const char* ReadVersion(const Input& in, const char* p);
  void ReadFields(const Input& in, const char* p);
  const char* ReadFieldName(const Input& in, const char* p);
  const char* ReadFieldBlanks(const Input& in, const char* p);
  const char* ReadFieldValue(const Input& in, const char* p);
  const char* ReadHeadEnd(const Input& in, const char* p);

  // These end a call of Parse and return null. In target and fields the limits come first.
  const char* Pause(Phase phase, const Input& in, const char* p);
  const char* Refuse(Refusal refusal);
  const char* StopInTarget(Refusal refusal, const Input& in, const char* p);
  const char* StopInField(Phase phase, const Input& in, const char* p);

  Refusal CheckMethodAndTarget(const Input& in);
  Refusal TakeField(const Input& in, const char* value_end);

  // What a field means for the request.
  Refusal Interpret(KnownField field, std::string_view value, const Input& in);
  Refusal TakeHost(std::string_view value, const Input& in);
  void TakeConnection(std::string_view value);
  Refusal TakeContentLength(std::string_view value, RequestHead& head);
  Refusal TakeTransferEncoding(std::string_view value, RequestHead& head);

  void PublishViews(const Input& in) const;

  // Positions in the data, sizes, and offsets in the target. No views: the bytes may move between
  // calls.
  uint32_t pos_ = 0;  // all before it has been looked at
  uint32_t line_begin_ = 0;
  uint32_t value_begin_ = 0;
  uint32_t fields_begin_ = 0;
  uint32_t target_begin_ = 0;
  uint32_t host_begin_ = 0;
  uint16_t target_size_ = 0;
  uint16_t path_offset_ = 0;
  uint16_t query_offset_ = 0;  // of the '?'; 0 when there is none
  uint16_t host_size_ = 0;
  uint16_t name_size_ = 0;
  TransferCodings codings_;
  Phase phase_ = Phase::kEmptyLines;
  Refusal refusal_ = Refusal::kNone;
  uint8_t empty_lines_ = 0;
  bool unknown_method_ = false;
  bool host_seen_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
};
static_assert(sizeof(HeadParser) <= 48, "every idle connection holds one");

}  // namespace troupe::http
