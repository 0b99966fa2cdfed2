// Takes a chunked body apart (RFC 9112 section 7.1), with extensions and trailers, strictly and
// limited. Zero-copy: data comes back as views of the input. One per exchange being read; its
// reactor only. Small (<= 32 bytes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/http/refusal.h"

namespace troupe::http {

struct ChunkedLimits {
  uint64_t body_bytes_max = 1 << 20;      // decoded -> 413
  uint32_t extension_bytes_max = 256;     // of one chunk's line -> 400
  uint32_t extensions_bytes_max = 16384;  // of all lines together -> 400
  uint32_t trailers_bytes_max = 8192;     // -> 431
  uint32_t trailers_max = 32;             // -> 431
};

class ChunkedDecoder {
 public:
  enum class Event : uint8_t {
    kNeedMore,  // all of the input was consumed
    kData,      // `data` is a non-empty piece of the body
    kEnd,  // last chunk and trailers were consumed; what is left of the input is the next request's
    kRefused,  // refusal() says why
  };

  // Consumes from the front of `input` up to the next event. Trailers are checked as fields are and
  // then dropped (RFC 9110 section 6.5.1 allows it). After kEnd and kRefused only Reset may follow.
  Event Next(std::string_view& input, std::string_view& data, const ChunkedLimits& limits);
  Refusal refusal() const { return refusal_; }
  void Reset() { *this = ChunkedDecoder(); }

 private:
  // What the next byte belongs to.
  enum class Phase : uint8_t {
    kSize,
    kExtensionName,  // its first byte
    kExtensionNameRest,
    kExtensionValue,  // its first byte, which decides between token and quoted string
    kExtensionToken,
    kExtensionQuoted,
    kExtensionEscaped,  // behind a backslash
    kExtensionEnd,      // behind a quoted string
    kSizeLineFeed,
    kData,
    kDataReturn,
    kDataLineFeed,
    kTrailer,  // its first byte, or the end
    kTrailerName,
    kTrailerValue,
    kTrailerLineFeed,
    kEndLineFeed,
    kDone,
    kRefused,
  };

  std::string_view TakeData(std::string_view& input);
  // Each takes one byte of anything but data.
  Refusal Take(char byte, const ChunkedLimits& limits);
  Refusal TakeSize(char byte, const ChunkedLimits& limits);
  Refusal TakeExtension(char byte, const ChunkedLimits& limits);
  Refusal TakeTrailer(char byte, const ChunkedLimits& limits);

  uint64_t body_bytes_ = 0;        // of all chunks whose size is known
  uint64_t chunk_bytes_ = 0;       // of this chunk: its size so far, then what is left of it
  uint32_t extensions_bytes_ = 0;  // of all chunks
  uint32_t line_bytes_ =
      0;  // digits of the size, then bytes of its extensions; or bytes of the trailers
  uint32_t trailers_ = 0;
  Phase phase_ = Phase::kSize;
  Refusal refusal_ = Refusal::kNone;
};
static_assert(sizeof(ChunkedDecoder) <= 32);

}  // namespace troupe::http
