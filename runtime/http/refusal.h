// Every reason for which the HTTP layer itself refuses a request, in one enum: status, name,
// sentence and the section that demands it. The answer's body is application/problem+json that
// names it. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::http {

// The table with status, name, section and sentence stands in refusal.cc, in this order.
enum class Refusal : uint8_t {
  kNone,
  // Request line and line ends.
  kTooManyEmptyLines,
  kBareLineFeed,
  kBareCarriageReturn,
  kMalformedRequestLine,
  kInvalidMethod,
  kUnknownMethod,
  kConnectNotSupported,
  kRequestLineTooLong,
  kInvalidVersion,
  kUnsupportedVersion,
  // Target.
  kInvalidTargetByte,
  kInvalidPercentEncoding,
  kEncodedControlByte,
  kBackslashInPath,
  kFragmentInTarget,
  kInvalidTargetForm,
  kUnsupportedScheme,
  kInvalidAuthority,
  kAsteriskWithoutOptions,
  // Fields, of a head or a trailer section.
  kBlankBeforeFields,
  kFoldedField,
  kBlankBeforeColon,
  kMissingColon,
  kEmptyFieldName,
  kInvalidFieldName,
  kInvalidFieldValue,
  kFieldNameTooLong,
  kFieldTooLarge,
  kFieldsTooLarge,
  kTooManyFields,
  // Host.
  kMissingHost,
  kRepeatedHost,
  kEmptyHost,
  kInvalidHost,
  // Body framing and expectations.
  kConflictingFraming,
  kInvalidContentLength,
  kContentLengthOverflow,
  kDifferingContentLengths,
  kTransferEncodingInHttp10,
  kInvalidTransferEncoding,
  kChunkedNotLast,
  kRepeatedChunked,
  kUnknownTransferCoding,
  kUnsupportedExpectation,
  // Chunked bodies.
  kInvalidChunkSize,
  kChunkSizeOverflow,
  kBlankInChunkLine,
  kInvalidChunkExtension,
  kChunkExtensionTooLong,
  kChunkExtensionsTooLong,
  kMissingChunkEnd,
  kTrailersTooLarge,
  kTooManyTrailers,
  // What the server finds.
  kIncompleteRequest,
  kHeadTimeout,
  kBodyTimeout,
  kBodyTooLarge,
  kRouteNotFound,
  kMethodNotAllowed,
};
inline constexpr int kRefusalCount = static_cast<int>(Refusal::kMethodNotAllowed) + 1;

int RefusalStatus(Refusal refusal);
std::string_view RefusalName(Refusal refusal);    // kebab-case, stable: logs, metrics, problem type
std::string_view RefusalDetail(Refusal refusal);  // what was wrong and what is allowed
std::string_view RefusalSection(Refusal refusal);  // "RFC 9112 section 6.3"

// The problem+json body (RFC 9457): {"type":"about:blank#conflicting-framing","title":"Conflicting
// framing", "status":400,"detail":"...","reference":"RFC 9112 section 6.1"}
std::string RefusalBody(Refusal refusal);

}  // namespace troupe::http
