// Reads the bytes of a connection with Troupe and with two other parsers.
//
// However the bytes are cut into pieces, Troupe reads the same requests and comes to the same
// refusal. And where Troupe accepts a request, it is not alone: when the others agree with each
// other, they agree with Troupe about where it ends and what its body is, and refuse it only where
// differences.cc says why it is accepted here.
#include <cstdio>
#include <string>

#include "tests/fuzz/differences.h"
#include "tests/fuzz/peers.h"
#include "tests/fuzz/segments.h"
#include "tests/http/request_reader.h"

namespace troupe::fuzz {
namespace {

http::RequestReader Read(std::string_view bytes, SegmentSizes sizes) {
  http::RequestReader reader;
  while (!bytes.empty()) {
    const size_t size = sizes.Next(bytes.size());
    reader.Feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return reader;
}

std::string Describe(const Reading& reading) {
  switch (reading.end) {
    case Reading::End::kWhole:
      return std::to_string(reading.size) + " bytes with the body \"" + reading.body + "\"";
    case Reading::End::kMore:
      return "not whole yet";
    case Reading::End::kRefused:
      break;
  }
  return "refused: " + reading.why;
}

void Compare(std::string_view bytes, const Reading& ours) {
  const Reading http_parser = ReadWithHttpParser(bytes);
  const Reading beast = ReadWithBeast(bytes);
  if (!Agree(http_parser, beast) || Agree(http_parser, ours)) return;
  const bool refused = http_parser.end == Reading::End::kRefused;
  if (refused && IsDifferentOnPurpose(bytes.substr(0, ours.size))) return;
  std::fprintf(stderr, "Troupe: %s\nhttp-parser: %s\nBeast: %s\n", Describe(ours).c_str(),
               Describe(http_parser).c_str(), Describe(beast).c_str());
  Require(false);
}

void CompareAll(std::string_view bytes, const http::RequestReader& reader) {
  size_t begin = 0;
  for (const http::RequestReader::Whole& request : reader.whole()) {
    Compare(bytes.substr(begin), {Reading::End::kWhole, request.end - begin, request.body, ""});
    if (!request.keep_alive) return;  // nothing behind it is read
    begin = request.end;
  }
}

}  // namespace
}  // namespace troupe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace troupe;
  const fuzz::SeedAndData input(bytes, size, 4);
  const http::RequestReader whole = fuzz::Read(input.data, fuzz::SegmentSizes(""));
  const http::RequestReader cut = fuzz::Read(input.data, fuzz::SegmentSizes(input.seed));
  fuzz::Require(whole.transcript() == cut.transcript());
  fuzz::CompareAll(input.data, whole);
  return 0;
}
