#include "runtime/http/chunked_decoder.h"

#include <algorithm>

#include "runtime/http/field_line.h"
#include "runtime/http/scan.h"

namespace troupe::http {
namespace {

constexpr uint32_t kSizeDigitsMax = 16;

Refusal WhyNoExtension(char byte) {
  if (byte == '\n') return Refusal::kBareLineFeed;
  return IsBlank(byte) ? Refusal::kBlankInChunkLine : Refusal::kInvalidChunkExtension;
}

}  // namespace

ChunkedDecoder::Event ChunkedDecoder::Next(std::string_view& input, std::string_view& data,
                                           const ChunkedLimits& limits) {
  while (!input.empty()) {
    if (phase_ == Phase::kData) {
      data = TakeData(input);
      return Event::kData;
    }
    const char byte = input.front();
    input.remove_prefix(1);
    refusal_ = Take(byte, limits);
    if (refusal_ != Refusal::kNone) {
      phase_ = Phase::kRefused;
      return Event::kRefused;
    }
    if (phase_ == Phase::kDone) return Event::kEnd;
  }
  return Event::kNeedMore;
}

std::string_view ChunkedDecoder::TakeData(std::string_view& input) {
  const std::string_view data = input.substr(0, std::min<uint64_t>(chunk_bytes_, input.size()));
  input.remove_prefix(data.size());
  chunk_bytes_ -= data.size();
  if (chunk_bytes_ == 0) phase_ = Phase::kDataReturn;
  return data;
}

Refusal ChunkedDecoder::Take(char byte, const ChunkedLimits& limits) {
  const auto expect = [&](char expected, Phase next, Refusal refusal) {
    phase_ = next;
    return byte == expected ? Refusal::kNone : refusal;
  };
  switch (phase_) {
    case Phase::kSize:
      return TakeSize(byte, limits);
    case Phase::kSizeLineFeed:
      line_bytes_ = 0;
      return expect('\n', chunk_bytes_ == 0 ? Phase::kTrailer : Phase::kData,
                    Refusal::kBareCarriageReturn);
    case Phase::kDataReturn:
      return expect('\r', Phase::kDataLineFeed, Refusal::kMissingChunkEnd);
    case Phase::kDataLineFeed:
      return expect('\n', Phase::kSize, Refusal::kMissingChunkEnd);
    case Phase::kTrailer:
    case Phase::kTrailerName:
    case Phase::kTrailerValue:
      return TakeTrailer(byte, limits);
    case Phase::kTrailerLineFeed:
      return expect('\n', Phase::kTrailer, Refusal::kBareCarriageReturn);
    case Phase::kEndLineFeed:
      return expect('\n', Phase::kDone, Refusal::kBareCarriageReturn);
    default:
      return TakeExtension(byte, limits);
  }
}

Refusal ChunkedDecoder::TakeSize(char byte, const ChunkedLimits& limits) {
  if (const int digit = HexValue(byte); digit >= 0) {
    if (line_bytes_ == kSizeDigitsMax) return Refusal::kChunkSizeOverflow;
    ++line_bytes_;
    chunk_bytes_ = chunk_bytes_ * 16 + static_cast<uint64_t>(digit);
    return Refusal::kNone;
  }
  if (IsBlank(byte)) return Refusal::kBlankInChunkLine;
  if (byte == '\n') return Refusal::kBareLineFeed;
  if (line_bytes_ == 0 || (byte != '\r' && byte != ';')) return Refusal::kInvalidChunkSize;
  if (chunk_bytes_ > limits.body_bytes_max - body_bytes_) return Refusal::kBodyTooLarge;
  body_bytes_ += chunk_bytes_;
  line_bytes_ = 0;
  phase_ = Phase::kExtensionEnd;
  return TakeExtension(byte, limits);
}

Refusal ChunkedDecoder::TakeExtension(char byte, const ChunkedLimits& limits) {
  if (byte != '\r') {
    if (++line_bytes_ > limits.extension_bytes_max) return Refusal::kChunkExtensionTooLong;
    if (++extensions_bytes_ > limits.extensions_bytes_max) return Refusal::kChunkExtensionsTooLong;
  }
  const auto go_on_if = [&](bool good, Phase next) {
    phase_ = next;
    return good ? Refusal::kNone : WhyNoExtension(byte);
  };
  const bool token_byte = IsOfClass(byte, kTokenByte);
  switch (phase_) {
    case Phase::kExtensionName:
      return go_on_if(token_byte, Phase::kExtensionNameRest);
    case Phase::kExtensionNameRest:
      if (byte == '=') return go_on_if(true, Phase::kExtensionValue);
      if (token_byte) return Refusal::kNone;
      break;
    case Phase::kExtensionValue:
      if (byte == '"') return go_on_if(true, Phase::kExtensionQuoted);
      return go_on_if(token_byte, Phase::kExtensionToken);
    case Phase::kExtensionToken:
      if (token_byte) return Refusal::kNone;
      break;
    case Phase::kExtensionQuoted:
      if (byte == '"') return go_on_if(true, Phase::kExtensionEnd);
      if (byte == '\\') return go_on_if(true, Phase::kExtensionEscaped);
      return go_on_if(IsOfClass(byte, kValueByte), Phase::kExtensionQuoted);
    case Phase::kExtensionEscaped:
      return go_on_if(IsOfClass(byte, kValueByte), Phase::kExtensionQuoted);
    default:
      break;
  }
  if (byte == ';') return go_on_if(true, Phase::kExtensionName);
  return go_on_if(byte == '\r', Phase::kSizeLineFeed);
}

Refusal ChunkedDecoder::TakeTrailer(char byte, const ChunkedLimits& limits) {
  if (phase_ == Phase::kTrailer && byte == '\r') {
    phase_ = Phase::kEndLineFeed;
    return Refusal::kNone;
  }
  if (phase_ == Phase::kTrailerValue && byte == '\r') {
    phase_ = Phase::kTrailerLineFeed;
    return Refusal::kNone;
  }
  if (++line_bytes_ > limits.trailers_bytes_max) return Refusal::kTrailersTooLarge;
  if (phase_ == Phase::kTrailerValue) {
    return IsOfClass(byte, kValueByte) ? Refusal::kNone : WhyNoValueByte(byte);
  }
  if (phase_ == Phase::kTrailer) {
    if (!IsOfClass(byte, kTokenByte)) return WhyNoField(byte, trailers_ == 0);
    if (trailers_++ == limits.trailers_max) return Refusal::kTooManyTrailers;
    phase_ = Phase::kTrailerName;
    return Refusal::kNone;
  }
  if (IsOfClass(byte, kTokenByte)) return Refusal::kNone;
  phase_ = Phase::kTrailerValue;
  return byte == ':' ? Refusal::kNone : WhyNoColon(byte);
}

}  // namespace troupe::http
