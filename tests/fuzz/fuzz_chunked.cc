// However the bytes of a chunked body are cut into pieces, the decoder gives the same data, comes
// to the same end and leaves the same rest. The first bytes of the input say how to cut, and choose
// between usual limits and small ones.
#include <string>

#include "runtime/http/chunked_decoder.h"
#include "tests/fuzz/segments.h"

namespace troupe::http {
namespace {

using Event = ChunkedDecoder::Event;

constexpr ChunkedLimits kUsualLimits;
constexpr ChunkedLimits kSmallLimits = {.body_bytes_max = 20,
                                        .extension_bytes_max = 8,
                                        .extensions_bytes_max = 16,
                                        .trailers_bytes_max = 20,
                                        .trailers_max = 2};

std::string Decode(std::string_view bytes, fuzz::SegmentSizes sizes, const ChunkedLimits& limits) {
  ChunkedDecoder decoder;
  std::string body;
  while (!bytes.empty()) {
    const fuzz::ExactCopy piece(bytes.substr(0, sizes.Next(bytes.size())));
    std::string_view input = piece.view();
    for (Event event = Event::kData; event == Event::kData;) {
      std::string_view data;
      event = decoder.Next(input, data, limits);
      if (event == Event::kData) fuzz::Require(!data.empty());
      body.append(data);
      fuzz::Require(body.size() <= limits.body_bytes_max);
      if (event == Event::kRefused) return body.append(RefusalName(decoder.refusal()));
      if (event == Event::kNeedMore) fuzz::Require(input.empty());
      if (event == Event::kEnd) {
        bytes.remove_prefix(piece.view().size() - input.size());
        return body.append("\nrest ").append(bytes);
      }
    }
    bytes.remove_prefix(piece.view().size());
  }
  return body.append("\nmore");
}

}  // namespace
}  // namespace troupe::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace troupe;
  const fuzz::SeedAndData input(bytes, size, 4);
  const bool small = !input.seed.empty() && (input.seed[0] & 0x40) != 0;
  const http::ChunkedLimits& limits = small ? http::kSmallLimits : http::kUsualLimits;
  const std::string whole = http::Decode(input.data, fuzz::SegmentSizes(""), limits);
  fuzz::Require(whole == http::Decode(input.data, fuzz::SegmentSizes(input.seed), limits));
  return 0;
}
