// However the bytes of a head are cut into pieces, the parser comes to the same result and the same
// head. The first bytes of the input say how to cut, and choose between usual limits and small
// ones.
#include <optional>
#include <string>

#include "runtime/http/head_parser.h"
#include "tests/fuzz/segments.h"

namespace troupe::http {
namespace {

constexpr HeadLimits kUsualLimits;
constexpr HeadLimits kSmallLimits = {.request_line_bytes_max = 40,
                                     .field_bytes_max = 40,
                                     .field_name_bytes_max = 20,
                                     .fields_bytes_max = 100,
                                     .fields_max = 4};

std::string Describe(const HeadParser& parser, const RequestHead& head) {
  std::string text = std::string(RefusalName(parser.refusal())) + "\n";
  const auto add = [&](std::string_view part) { text.append(part).append("\n"); };
  for (uint64_t number :
       {uint64_t{parser.consumed()}, static_cast<uint64_t>(head.method),
        uint64_t{head.version_minor}, static_cast<uint64_t>(head.form),
        static_cast<uint64_t>(head.framing), uint64_t{head.keep_alive},
        uint64_t{head.expect_continue}, head.content_length, uint64_t{head.fields.size()}}) {
    add(std::to_string(number));
  }
  for (std::string_view part : {head.target, head.path, head.query, head.host}) add(part);
  for (const Fields::Entry field : head.fields) {
    add(field.name);
    add(field.value);
  }
  return text;
}

// nullopt when all of `data` is not a whole head.
std::optional<std::string> Parse(std::string_view data, fuzz::SegmentSizes sizes,
                                 const HeadLimits& limits) {
  HeadParser parser;
  RequestHead head;
  for (size_t given = 0; given < data.size();) {
    given += sizes.Next(data.size() - given);
    const fuzz::ExactCopy copy(data.substr(0, given));
    const HeadParser::State state = parser.Parse(copy.view(), limits, head);
    if (state != HeadParser::State::kNeedMore) return Describe(parser, head);
  }
  return std::nullopt;
}

}  // namespace
}  // namespace troupe::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace troupe;
  const fuzz::SeedAndData input(bytes, size, 4);
  const bool small = !input.seed.empty() && (input.seed[0] & 0x40) != 0;
  const http::HeadLimits& limits = small ? http::kSmallLimits : http::kUsualLimits;
  const auto whole = http::Parse(input.data, fuzz::SegmentSizes(""), limits);
  fuzz::Require(whole == http::Parse(input.data, fuzz::SegmentSizes(input.seed), limits));
  return 0;
}
