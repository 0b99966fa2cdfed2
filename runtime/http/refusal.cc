#include "runtime/http/refusal.h"

#include <algorithm>
#include <iterator>

#include "runtime/http/json.h"

namespace troupe::http {
namespace {

struct Row {
  Refusal refusal;
  int status;
  std::string_view name;
  std::string_view section;
  std::string_view detail;
};

// clang-format off
constexpr Row kRows[] = {
    {Refusal::kNone, 0, "none", "", ""},

    {Refusal::kTooManyEmptyLines, 400, "too-many-empty-lines", "RFC 9112 section 2.2",
     "At most four empty lines may stand before a request line."},
    {Refusal::kBareLineFeed, 400, "bare-line-feed", "RFC 9112 section 2.2",
     "A line ended in LF alone; lines end in CR LF."},
    {Refusal::kBareCarriageReturn, 400, "bare-carriage-return", "RFC 9112 section 2.2",
     "A CR was not followed by LF; lines end in CR LF."},
    {Refusal::kMalformedRequestLine, 400, "malformed-request-line", "RFC 9112 section 3",
     "A request line is method, target and version with exactly one blank between them."},
    {Refusal::kInvalidMethod, 400, "invalid-method", "RFC 9112 section 3.1",
     "The method is not a token: letters, digits and !#$%&'*+-.^_`|~."},
    {Refusal::kUnknownMethod, 501, "unknown-method", "RFC 9110 section 9.1",
     "The method is not known here; names of methods are in upper case."},
    {Refusal::kConnectNotSupported, 405, "connect-not-supported", "RFC 9110 section 9.3.6",
     "This server is no proxy: CONNECT is not supported for any target."},
    {Refusal::kRequestLineTooLong, 414, "request-line-too-long", "RFC 9112 section 3",
     "The request line is longer than this server allows; send a shorter target."},
    {Refusal::kInvalidVersion, 400, "invalid-version", "RFC 9112 section 2.3",
     "The request line must end in HTTP/1.0 or HTTP/1.1."},
    {Refusal::kUnsupportedVersion, 505, "unsupported-version", "RFC 9110 section 15.6.6",
     "Only HTTP/1.0 and HTTP/1.1 are spoken here."},

    {Refusal::kInvalidTargetByte, 400, "invalid-target-byte", "RFC 9112 section 3.2",
     "The target holds a control byte or a byte above 127; percent-encode it."},
    {Refusal::kInvalidPercentEncoding, 400, "invalid-percent-encoding", "RFC 3986 section 2.1",
     "A percent sign in the target must be followed by two hexadecimal digits."},
    {Refusal::kEncodedControlByte, 400, "encoded-control-byte", "RFC 3986 section 7.3",
     "The target encodes NUL, or its path another control byte; neither is allowed."},
    {Refusal::kBackslashInPath, 400, "backslash-in-path", "RFC 3986 section 3.3",
     "The path holds a backslash, which some read as a slash; percent-encode it."},
    {Refusal::kFragmentInTarget, 400, "fragment-in-target", "RFC 9112 section 3.2",
     "A target has no fragment; leave out the number sign and what follows, or percent-encode it."},
    {Refusal::kInvalidTargetForm, 400, "invalid-target-form", "RFC 9112 section 3.2",
     "The target must be a path that begins with a slash, an absolute URI, or an asterisk."},
    {Refusal::kUnsupportedScheme, 400, "unsupported-scheme", "RFC 9110 section 4.2",
     "The scheme of an absolute target must be http or https."},
    {Refusal::kInvalidAuthority, 400, "invalid-authority", "RFC 9112 section 3.2.2",
     "The authority of an absolute target must be a host with an optional port, without userinfo."},
    {Refusal::kAsteriskWithoutOptions, 400, "asterisk-without-options", "RFC 9112 section 3.2.4",
     "The target * belongs to OPTIONS alone."},

    {Refusal::kBlankBeforeFields, 400, "blank-before-fields", "RFC 9112 section 2.2",
     "The line after the request line begins with a blank; a field begins with its name."},
    {Refusal::kFoldedField, 400, "folded-field", "RFC 9112 section 5.2",
     "A field is continued on a line that begins with a blank; write it in one line."},
    {Refusal::kBlankBeforeColon, 400, "blank-before-colon", "RFC 9112 section 5.1",
     "A blank stands between the name of a field and its colon."},
    {Refusal::kMissingColon, 400, "missing-colon", "RFC 9112 section 5",
     "A field line has no colon; it is a name, a colon and a value."},
    {Refusal::kEmptyFieldName, 400, "empty-field-name", "RFC 9110 section 5.1",
     "A field has no name before its colon."},
    {Refusal::kInvalidFieldName, 400, "invalid-field-name", "RFC 9110 section 5.1",
     "The name of a field is not a token: letters, digits and !#$%&'*+-.^_`|~."},
    {Refusal::kInvalidFieldValue, 400, "invalid-field-value", "RFC 9110 section 5.5",
     "The value of a field holds a control byte other than a tab."},
    {Refusal::kFieldNameTooLong, 431, "field-name-too-long", "RFC 6585 section 5",
     "The name of a field is longer than this server allows."},
    {Refusal::kFieldTooLarge, 431, "field-too-large", "RFC 6585 section 5",
     "A field is larger than this server allows."},
    {Refusal::kFieldsTooLarge, 431, "fields-too-large", "RFC 6585 section 5",
     "The fields together are larger than this server allows."},
    {Refusal::kTooManyFields, 431, "too-many-fields", "RFC 6585 section 5",
     "There are more fields than this server allows."},

    {Refusal::kMissingHost, 400, "missing-host", "RFC 9112 section 3.2",
     "A request of HTTP/1.1 must have a Host field."},
    {Refusal::kRepeatedHost, 400, "repeated-host", "RFC 9112 section 3.2",
     "There is more than one Host field; send exactly one."},
    {Refusal::kEmptyHost, 400, "empty-host", "RFC 9110 section 7.2",
     "The Host field is empty; it must name a host."},
    {Refusal::kInvalidHost, 400, "invalid-host", "RFC 9112 section 3.2",
     "The Host field must be one host with an optional port: no list, userinfo or path."},

    {Refusal::kConflictingFraming, 400, "conflicting-framing", "RFC 9112 section 6.1",
     "Content-Length stands beside Transfer-Encoding; send one of them."},
    {Refusal::kInvalidContentLength, 400, "invalid-content-length", "RFC 9110 section 8.6",
     "Content-Length must be decimal digits without sign, blanks or leading zeros."},
    {Refusal::kContentLengthOverflow, 400, "content-length-overflow", "RFC 9110 section 8.6",
     "Content-Length is larger than 9223372036854775807."},
    {Refusal::kDifferingContentLengths, 400, "differing-content-lengths", "RFC 9112 section 6.3",
     "Content-Length is given more than once with different values."},
    {Refusal::kTransferEncodingInHttp10, 400, "transfer-encoding-in-http-1-0",
     "RFC 9112 section 6.1",
     "HTTP/1.0 has no Transfer-Encoding; use Content-Length or HTTP/1.1."},
    {Refusal::kInvalidTransferEncoding, 400, "invalid-transfer-encoding", "RFC 9112 section 6.1",
     "Transfer-Encoding must be a list of names of codings without parameters."},
    {Refusal::kChunkedNotLast, 400, "chunked-not-last", "RFC 9112 section 6.3",
     "The last coding of Transfer-Encoding must be chunked."},
    {Refusal::kRepeatedChunked, 400, "repeated-chunked", "RFC 9112 section 6.1",
     "Transfer-Encoding names chunked more than once."},
    {Refusal::kUnknownTransferCoding, 501, "unknown-transfer-coding", "RFC 9112 section 6.1",
     "The only transfer coding understood here is chunked."},
    {Refusal::kUnsupportedExpectation, 417, "unsupported-expectation", "RFC 9110 section 10.1.1",
     "The only expectation understood here is 100-continue."},

    {Refusal::kInvalidChunkSize, 400, "invalid-chunk-size", "RFC 9112 section 7.1",
     "The size of a chunk must be hexadecimal digits, ended by CR LF or a semicolon."},
    {Refusal::kChunkSizeOverflow, 400, "chunk-size-overflow", "RFC 9112 section 7.1",
     "The size of a chunk has more than 16 digits."},
    {Refusal::kBlankInChunkLine, 400, "blank-in-chunk-line", "RFC 9112 section 7.1.1",
     "A blank stands beside the size of a chunk or in its extensions; leave it out."},
    {Refusal::kInvalidChunkExtension, 400, "invalid-chunk-extension", "RFC 9112 section 7.1.1",
     "An extension of a chunk must be a token, or a token, = and a token or quoted string."},
    {Refusal::kChunkExtensionTooLong, 400, "chunk-extension-too-long", "RFC 9112 section 7.1.1",
     "The extensions of a chunk are longer than this server allows."},
    {Refusal::kChunkExtensionsTooLong, 400, "chunk-extensions-too-long", "RFC 9112 section 7.1.1",
     "The extensions of all chunks together are longer than this server allows."},
    {Refusal::kMissingChunkEnd, 400, "missing-chunk-end", "RFC 9112 section 7.1",
     "The data of a chunk must be followed by CR LF."},
    {Refusal::kTrailersTooLarge, 431, "trailers-too-large", "RFC 6585 section 5",
     "The trailers together are larger than this server allows."},
    {Refusal::kTooManyTrailers, 431, "too-many-trailers", "RFC 6585 section 5",
     "There are more trailers than this server allows."},

    {Refusal::kIncompleteRequest, 400, "incomplete-request", "RFC 9112 section 8",
     "The connection was closed for sending in the middle of the request."},
    {Refusal::kHeadTimeout, 408, "head-timeout", "RFC 9110 section 15.5.9",
     "The head of the request was not complete in time."},
    {Refusal::kBodyTimeout, 408, "body-timeout", "RFC 9110 section 15.5.9",
     "The body of the request stalled or came too slowly."},
    {Refusal::kBodyTooLarge, 413, "body-too-large", "RFC 9110 section 15.5.14",
     "The body of the request is larger than is allowed for this target."},
    {Refusal::kRouteNotFound, 404, "route-not-found", "RFC 9110 section 15.5.5",
     "Nothing is served under this host and path."},
    {Refusal::kMethodNotAllowed, 405, "method-not-allowed", "RFC 9110 section 15.5.6",
     "The target does not support this method; the Allow field lists those it does."},
};
// clang-format on

constexpr bool RowsStandInOrder() {
  for (size_t i = 0; i < std::size(kRows); ++i) {
    if (kRows[i].refusal != static_cast<Refusal>(i)) return false;
  }
  return std::size(kRows) == kRefusalCount;
}
static_assert(RowsStandInOrder(), "each Refusal needs its row, in the order of the enum");

const Row& RowOf(Refusal refusal) { return kRows[static_cast<size_t>(refusal)]; }

// "conflicting-framing" -> "Conflicting framing"
std::string TitleOf(std::string_view name) {
  std::string title(name);
  std::replace(title.begin(), title.end(), '-', ' ');
  title[0] = static_cast<char>(title[0] - 'a' + 'A');
  return title;
}

}  // namespace

int RefusalStatus(Refusal refusal) { return RowOf(refusal).status; }
std::string_view RefusalName(Refusal refusal) { return RowOf(refusal).name; }
std::string_view RefusalDetail(Refusal refusal) { return RowOf(refusal).detail; }
std::string_view RefusalSection(Refusal refusal) { return RowOf(refusal).section; }

std::string RefusalBody(Refusal refusal) {
  const Row& row = RowOf(refusal);
  std::string body = "{\"type\":";
  AppendJsonString(std::string("about:blank#").append(row.name), body);
  body.append(",\"title\":");
  AppendJsonString(TitleOf(row.name), body);
  body.append(",\"status\":").append(std::to_string(row.status)).append(",\"detail\":");
  AppendJsonString(row.detail, body);
  body.append(",\"reference\":");
  AppendJsonString(row.section, body);
  return body.append("}\n");
}

}  // namespace troupe::http
