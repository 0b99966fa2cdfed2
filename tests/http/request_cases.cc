#include "tests/http/request_cases.h"

namespace troupe::http {
namespace {

using std::string_literals::operator""s;

// A request whose target is all that matters.
std::string Get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

// A request with these lines of fields behind Host.
std::string With(const std::string& fields) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n\r\n";
}

std::string WithHost(const std::string& host) {
  return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}

std::string Chunked(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
}

std::string X(size_t size) { return std::string(size, 'x'); }

// clang-format off
std::vector<RequestCase> RequestLineCases() {
  return {
      {"ReadsAPlainRequest_Rfc9112_3", Get("/health"), "GET /health h"},
      {"ReadsEveryKnownMethod_Rfc9110_9_1",
       "HEAD / HTTP/1.1\r\nHost: h\r\n\r\nPOST / HTTP/1.1\r\nHost: h\r\n\r\nPUT / HTTP/1.1\r\nHost: h\r\n\r\n"
       "DELETE / HTTP/1.1\r\nHost: h\r\n\r\nTRACE / HTTP/1.1\r\nHost: h\r\n\r\nPATCH / HTTP/1.1\r\nHost: h\r\n\r\n",
       "HEAD / h | POST / h | PUT / h | DELETE / h | TRACE / h | PATCH / h"},
      {"SkipsEmptyLinesBeforeARequestLine_Rfc9112_2_2", "\r\n\r\n\r\n\r\n" + Get("/"), "GET / h"},
      {"RefusesMoreThanFourEmptyLines_Rfc9112_2_2", "\r\n\r\n\r\n\r\n\r\n" + Get("/"), "400 too-many-empty-lines"},
      {"RefusesABareLineFeedBeforeARequestLine_Rfc9112_2_2", "\n" + Get("/"), "400 bare-line-feed"},
      {"RefusesABareReturnBeforeARequestLine_Rfc9112_2_2", "\rGET / HTTP/1.1\r\n", "400 bare-carriage-return"},
      {"RefusesABareLineFeedBehindTheVersion_Rfc9112_2_2", "GET / HTTP/1.1\nHost: h\r\n\r\n", "400 bare-line-feed"},
      {"RefusesABareReturnBehindTheVersion_Rfc9112_2_2", "GET / HTTP/1.1\rHost: h\r\n\r\n", "400 bare-carriage-return"},
      {"RefusesABareLineFeedBehindAField_Rfc9112_2_2", "GET / HTTP/1.1\r\nHost: h\n\r\n", "400 bare-line-feed"},
      {"RefusesABareReturnBehindAField_Rfc9112_2_2", "GET / HTTP/1.1\r\nHost: h\rA: b\r\n\r\n", "400 bare-carriage-return"},
      {"RefusesABareLineFeedAsEmptyLine_Rfc9112_2_2", "GET / HTTP/1.1\r\nHost: h\r\n\n", "400 bare-line-feed"},
      {"RefusesABareReturnAsEmptyLine_Rfc9112_2_2", "GET / HTTP/1.1\r\nHost: h\r\n\rX", "400 bare-carriage-return"},
      {"RefusesARequestLineOfAMethodAlone_Rfc9112_3", "GET\r\n\r\n", "400 malformed-request-line"},
      {"RefusesARequestLineWithoutVersion_Rfc9112_3", "GET /\r\n\r\n", "400 malformed-request-line"},
      {"RefusesARequestLineWithoutTarget_Rfc9112_3", "GET  HTTP/1.1\r\nHost: h\r\n\r\n", "400 malformed-request-line"},
      {"RefusesTwoBlanksBeforeTheVersion_Rfc9112_3", "GET /  HTTP/1.1\r\nHost: h\r\n\r\n", "400 invalid-version"},
      {"RefusesABlankBehindTheVersion_Rfc9112_3", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", "400 invalid-version"},
      {"RefusesATabBehindTheMethod_Rfc9112_3", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", "400 invalid-method"},
      {"RefusesABlankBeforeTheMethod_Rfc9112_3", " GET / HTTP/1.1\r\nHost: h\r\n\r\n", "400 invalid-method"},
      {"RefusesAMethodThatIsNoToken_Rfc9112_3_1", "GE(T / HTTP/1.1\r\nHost: h\r\n\r\n", "400 invalid-method"},
      {"RefusesAControlByteInTheMethod_Rfc9112_3_1", "G\x01T / HTTP/1.1\r\nHost: h\r\n\r\n", "400 invalid-method"},
      {"RefusesAByteAbove127InTheMethod_Rfc9112_3_1", "G\xc3T / HTTP/1.1\r\nHost: h\r\n\r\n", "400 invalid-method"},
      {"RefusesAnUnknownMethod_Rfc9110_9_1", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n", "501 unknown-method"},
      {"ComparesMethodsWithCase_Rfc9110_9_1", "get / HTTP/1.1\r\nHost: h\r\n\r\n", "501 unknown-method"},
      {"RefusesAMethodThatNeverEnds_Rfc9112_3", std::string(101, 'M'), "501 unknown-method"},
      {"RefusesConnect_Rfc9110_9_3_6", "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n", "405 connect-not-supported"},
      {"TakesARequestLineAtItsLimit_Rfc9112_3", Get("/" + X(86)), "GET /" + X(86) + " h"},
      {"RefusesARequestLineBeyondItsLimit_Rfc9112_3", Get("/" + X(87)), "414 request-line-too-long"},
      {"RefusesATargetThatNeverEnds_Rfc9112_3", "GET /" + X(96), "414 request-line-too-long"},
      {"RefusesATargetForItsLengthBeforeItsBytes_Rfc9112_3", "GET /" + X(96) + "\x01", "414 request-line-too-long"},
      {"RefusesEmptyTargetBehindALongMethod_Rfc9112_3", std::string(100, 'M') + "  ", "414 request-line-too-long"},

      {"ReadsHttp10WithoutHost_Rfc9112_3_2", "GET / HTTP/1.0\r\n\r\n", "GET / 1.0 close"},
      {"ReadsAHigherMinorVersionAsHttp11_Rfc9110_2_5", "GET / HTTP/1.9\r\nHost: h\r\n\r\n", "GET / h"},
      {"RefusesHttp2_Rfc9110_15_6_6", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", "505 unsupported-version"},
      {"RefusesHttp09_Rfc9110_15_6_6", "GET / HTTP/0.9\r\n\r\n", "505 unsupported-version"},
      {"RefusesThePrefaceOfHttp2_Rfc9113_3_4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 unsupported-version"},
      {"ComparesTheVersionWithCase_Rfc9112_2_3", "GET / http/1.1\r\nHost: h\r\n\r\n", "400 invalid-version"},
      {"RefusesAVersionOfMoreDigits_Rfc9112_2_3", "GET / HTTP/1.10\r\nHost: h\r\n\r\n", "400 invalid-version"},
      {"RefusesAVersionOfOneDigit_Rfc9112_2_3", "GET / HTTP/1\r\nHost: h\r\n\r\n", "400 invalid-version"},
      {"RefusesAVersionWithLetters_Rfc9112_2_3", "GET / HTTP/1.x\r\nHost: h\r\n\r\n", "400 invalid-version"},
  };
}

std::vector<RequestCase> TargetCases() {
  return {
      {"SplitsPathAndQuery_Rfc9112_3_2_1", Get("/a/b?c=d?e&f=/g"), "GET /a/b?c=d?e&f=/g h"},
      {"TakesAnEmptyQuery_Rfc3986_3_4", Get("/a?"), "GET /a h"},
      {"TakesEncodedBytes_Rfc3986_2_1", Get("/%41%c3%A4?q=%20"), "GET /%41%c3%A4?q=%20 h"},
      {"TakesEncodedLineEndsInTheQuery_Rfc3986_2_1", Get("/?text=a%0D%0Ab"), "GET /?text=a%0D%0Ab h"},
      {"TakesABackslashInTheQuery_Rfc3986_3_4", Get("/?q=\\d"), "GET /?q=\\d h"},
      {"ReadsTheAsteriskOfOptions_Rfc9112_3_2_4", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * h asterisk"},
      {"RefusesTheAsteriskOfOtherMethods_Rfc9112_3_2_4", Get("*"), "400 asterisk-without-options"},
      {"RefusesWhatFollowsAnAsterisk_Rfc9112_3_2_4", "OPTIONS */ HTTP/1.1\r\nHost: h\r\n\r\n", "400 invalid-target-form"},
      {"ReadsTheAbsoluteForm_Rfc9112_3_2_2",
       "GET http://a.example:80/x?y HTTP/1.1\r\nHost: a.example:80\r\n\r\n", "GET /x?y a.example:80 absolute"},
      {"ReadsTheAbsoluteFormWithoutPath_Rfc9112_3_2_2",
       "GET HTTPS://A.example HTTP/1.1\r\nHost: a.EXAMPLE\r\n\r\n", "GET / A.example absolute"},
      {"ReadsTheAbsoluteFormWithQueryAlone_Rfc9112_3_2_2",
       "GET http://a?http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET /?http://b/ a absolute"},
      {"ReadsTheAbsoluteFormOfHttp10WithoutHost_Rfc9112_3_2_2",
       "GET http://a/ HTTP/1.0\r\n\r\n", "GET / a absolute 1.0 close"},
      {"RefusesAHostThatDiffersFromTheTarget_Rfc9112_3_2",
       "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n", "400 host-differs-from-target"},
      {"RefusesTheAbsoluteFormWithoutHost_Rfc9112_3_2", "GET http://a/ HTTP/1.1\r\n\r\n", "400 missing-host"},
      {"RefusesOtherSchemes_Rfc9110_4_2", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "400 unsupported-scheme"},
      {"RefusesAnEmptyScheme_Rfc3986_3_1", "GET ://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "400 unsupported-scheme"},
      {"RefusesATargetWithoutSlash_Rfc9112_3_2", Get("index.html"), "400 invalid-target-form"},
      {"RefusesASchemeWithoutAuthority_Rfc9112_3_2_2", Get("http:/a"), "400 invalid-target-form"},
      {"RefusesAnAuthorityAsTarget_Rfc9112_3_2_3", Get("h:80"), "400 invalid-target-form"},
      {"RefusesASchemeInTheQueryAlone_Rfc9112_3_2_2", Get("a?http://b/"), "400 invalid-target-form"},
      {"RefusesAnEmptyAuthority_Rfc9110_4_2_1", Get("http:///a"), "400 invalid-authority"},
      {"RefusesUserinfoInTheTarget_Rfc9110_4_2_4", Get("http://u@h/"), "400 invalid-authority"},
      {"RefusesABadPortInTheTarget_Rfc9112_3_2_2", Get("http://h:x/"), "400 invalid-authority"},
      {"RefusesAControlByteInTheTarget_Rfc9112_3_2", Get("/a\x01"), "400 invalid-target-byte"},
      {"RefusesATabInTheTarget_Rfc9112_3_2", Get("/a\tb"), "400 invalid-target-byte"},
      {"RefusesNulInTheTarget_Rfc9112_3_2", Get("/a\0b"s), "400 invalid-target-byte"},
      {"RefusesDelInTheTarget_Rfc9112_3_2", Get("/a\x7f"), "400 invalid-target-byte"},
      {"RefusesBytesAbove127InTheTarget_Rfc9112_3_2", Get("/\xc3\xa4"), "400 invalid-target-byte"},
      {"RefusesAFragment_Rfc9112_3_2", Get("/a#b"), "400 fragment-in-target"},
      {"RefusesABackslashInThePath_Rfc3986_3_3", Get("/a\\..\\b"), "400 backslash-in-path"},
      {"RefusesAPercentSignAlone_Rfc3986_2_1", Get("/a% b"), "400 invalid-percent-encoding"},
      {"RefusesHalfAPercentEncoding_Rfc3986_2_1", Get("/a%4"), "400 invalid-percent-encoding"},
      {"RefusesPercentEncodingOfOtherDigits_Rfc3986_2_1", Get("/a%g0"), "400 invalid-percent-encoding"},
      {"RefusesMalformedPercentEncodingInTheQuery_Rfc3986_2_1", Get("/?a=100%"), "400 invalid-percent-encoding"},
      {"RefusesAnEncodedNulInThePath_Rfc3986_7_3", Get("/a%00"), "400 encoded-control-byte"},
      {"RefusesAnEncodedNulInTheQuery_Rfc3986_7_3", Get("/?a=%00"), "400 encoded-control-byte"},
      {"RefusesAnEncodedControlByteInThePath_Rfc3986_7_3", Get("/a%0a"), "400 encoded-control-byte"},
      {"RefusesAnEncodedDelInThePath_Rfc3986_7_3", Get("/a%7F"), "400 encoded-control-byte"},
  };
}

std::vector<RequestCase> FieldCases() {
  return {
      {"TrimsBlanksAroundValues_Rfc9112_5_1", "GET / HTTP/1.1\r\nHost: \t h \t \r\nA:\r\nB: \r\n\r\n", "GET / h"},
      {"TakesBytesAbove127InValues_Rfc9110_5_5", With("A: \xe4\xf6 \tb"), "POST / h"},
      {"RefusesABlankBeforeTheFields_Rfc9112_2_2", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", "400 blank-before-fields"},
      {"RefusesAFoldedField_Rfc9112_5_2", With("A: b\r\n c"), "400 folded-field"},
      {"RefusesAFieldFoldedWithATab_Rfc9112_5_2", With("A: b\r\n\tc"), "400 folded-field"},
      {"RefusesABlankBeforeTheColon_Rfc9112_5_1", With("Content-Length : 0"), "400 blank-before-colon"},
      {"RefusesATabBeforeTheColon_Rfc9112_5_1", With("A\t: b"), "400 blank-before-colon"},
      {"RefusesALineWithoutColon_Rfc9112_5", With("Colon"), "400 missing-colon"},
      {"RefusesAnEmptyName_Rfc9110_5_1", With(": b"), "400 empty-field-name"},
      {"RefusesANameThatIsNoToken_Rfc9110_5_1", With("A(b): c"), "400 invalid-field-name"},
      {"RefusesANameThatBeginsWithNoToken_Rfc9110_5_1", With("@: c"), "400 invalid-field-name"},
      {"RefusesNulInAName_Rfc9110_5_1", With("A\0: c"s), "400 invalid-field-name"},
      {"RefusesBytesAbove127InAName_Rfc9110_5_1", With("\xc3\xa4: c"), "400 invalid-field-name"},
      {"RefusesNulInAValue_Rfc9110_5_5", With("A: b\0c"s), "400 invalid-field-value"},
      {"RefusesAControlByteInAValue_Rfc9110_5_5", With("A: b\x1b[0m"), "400 invalid-field-value"},
      {"RefusesDelInAValue_Rfc9110_5_5", With("A: \x7f"), "400 invalid-field-value"},

      {"TakesANameAtItsLimit_Rfc6585_5", With(X(30) + ": a"), "POST / h"},
      {"RefusesANameBeyondItsLimit_Rfc6585_5", With(X(31) + ": a"), "431 field-name-too-long"},
      {"RefusesANameThatNeverEnds_Rfc6585_5", "GET / HTTP/1.1\r\n" + X(31), "431 field-name-too-long"},
      {"TakesAFieldAtItsLimit_Rfc6585_5", With("A: " + X(77)), "POST / h"},
      {"RefusesAFieldBeyondItsLimit_Rfc6585_5", With("A: " + X(78)), "431 field-too-large"},
      {"RefusesAValueThatNeverEnds_Rfc6585_5", "GET / HTTP/1.1\r\nA: " + X(78), "431 field-too-large"},
      {"RefusesBlanksThatNeverEnd_Rfc6585_5", "GET / HTTP/1.1\r\nA:" + std::string(79, ' '), "431 field-too-large"},
      {"RefusesAFieldForItsSizeBeforeItsBytes_Rfc6585_5", With("A: " + X(78) + "\x01"), "431 field-too-large"},
      {"RefusesFieldsBeyondTheirLimit_Rfc6585_5",
       With("A: " + X(70) + "\r\nB: " + X(70) + "\r\nC: " + X(40)), "431 fields-too-large"},
      {"TakesAsManyFieldsAsAllowed_Rfc6585_5", With("A:\r\nB:\r\nC:\r\nD:\r\nE:"), "POST / h"},
      {"RefusesMoreFieldsThanAllowed_Rfc6585_5", With("A:\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:"), "431 too-many-fields"},
  };
}

std::vector<RequestCase> HostCases() {
  return {
      {"TakesANameWithPort_Rfc9110_7_2", WithHost("api.example.org:8080"), "GET / api.example.org:8080"},
      {"TakesAnEmptyPort_Rfc3986_3_2_3", WithHost("h:"), "GET / h:"},
      {"TakesTheHighestPort_Rfc9110_7_2", WithHost("h:65535"), "GET / h:65535"},
      {"TakesAnIpv6Literal_Rfc3986_3_2_2", WithHost("[2001:db8::1]:80"), "GET / [2001:db8::1]:80"},
      {"TakesAnIpv6LiteralWithIpv4_Rfc3986_3_2_2", WithHost("[::ffff:192.0.2.1]"), "GET / [::ffff:192.0.2.1]"},
      {"RefusesAMissingHost_Rfc9112_3_2", "GET / HTTP/1.1\r\nA: b\r\n\r\n", "400 missing-host"},
      {"RefusesARepeatedHost_Rfc9112_3_2", With("host: h"), "400 repeated-host"},
      {"RefusesARepeatedHostOfHttp10_Rfc9112_3_2", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400 repeated-host"},
      {"RefusesAnEmptyHost_Rfc9110_7_2", WithHost(" "), "400 empty-host"},
      {"RefusesAListOfHosts_Rfc9112_3_2", WithHost("a, b"), "400 invalid-host"},
      {"RefusesACommaInHost_Rfc9112_3_2", WithHost("a,b"), "400 invalid-host"},
      {"RefusesUserinfoInHost_Rfc9110_4_2_4", WithHost("user@a"), "400 invalid-host"},
      {"RefusesAPathInHost_Rfc9112_3_2", WithHost("a/b"), "400 invalid-host"},
      {"RefusesABlankInHost_Rfc9112_3_2", WithHost("a b"), "400 invalid-host"},
      {"RefusesPercentEncodingInHost_Rfc9112_3_2", WithHost("a%2eb"), "400 invalid-host"},
      {"RefusesBytesAbove127InHost_Rfc9112_3_2", WithHost("\xc3\xa4"), "400 invalid-host"},
      {"RefusesAPortWithoutHost_Rfc9110_7_2", WithHost(":80"), "400 invalid-host"},
      {"RefusesAPortThatIsNoNumber_Rfc9110_7_2", WithHost("a:8o"), "400 invalid-host"},
      {"RefusesASignedPort_Rfc9110_7_2", WithHost("a:+80"), "400 invalid-host"},
      {"RefusesAPortTooHigh_Rfc9110_7_2", WithHost("a:65536"), "400 invalid-host"},
      {"RefusesAPortTooLong_Rfc9110_7_2", WithHost("a:000080"), "400 invalid-host"},
      {"RefusesTwoPorts_Rfc9110_7_2", WithHost("a:80:80"), "400 invalid-host"},
      {"RefusesAnOpenIpv6Literal_Rfc3986_3_2_2", WithHost("[::1"), "400 invalid-host"},
      {"RefusesABadIpv6Literal_Rfc3986_3_2_2", WithHost("[::1::2]"), "400 invalid-host"},
      {"RefusesAnIpv6Zone_Rfc3986_3_2_2", WithHost("[fe80::1%25eth0]"), "400 invalid-host"},
      {"RefusesWhatFollowsAnIpv6Literal_Rfc3986_3_2_2", WithHost("[::1]a"), "400 invalid-host"},
      {"RefusesAnIpv6AddressWithoutBrackets_Rfc3986_3_2_2", WithHost("::1"), "400 invalid-host"},
  };
}

std::vector<RequestCase> FramingCases() {
  return {
      {"ReadsABodyOfContentLength_Rfc9112_6_2", With("Content-Length: 5") + "hello", "POST / h \"hello\""},
      {"ReadsAnEmptyBody_Rfc9112_6_2", With("Content-Length: 0"), "POST / h \"\""},
      {"ReadsNoBodyWithoutFraming_Rfc9112_6_3", With("A: b"), "POST / h"},
      {"TakesEqualContentLengths_Rfc9110_8_6",
       With("Content-Length: 2, 2\r\ncontent-length: 2") + "ok", "POST / h \"ok\""},
      {"WaitsForTheLargestContentLength_Rfc9110_8_6", With("Content-Length: 9223372036854775807"), "..."},
      {"RefusesContentLengthBeyond63Bits_Rfc9110_8_6",
       With("Content-Length: 9223372036854775808"), "400 content-length-overflow"},
      {"RefusesContentLengthBeyond64Bits_Rfc9110_8_6",
       With("Content-Length: 18446744073709551621"), "400 content-length-overflow"},
      {"RefusesDifferingContentLengths_Rfc9112_6_3",
       With("Content-Length: 2\r\nContent-Length: 3"), "400 differing-content-lengths"},
      {"RefusesAListOfDifferingContentLengths_Rfc9112_6_3",
       With("Content-Length: 2, 3"), "400 differing-content-lengths"},
      {"RefusesASignedContentLength_Rfc9110_8_6", With("Content-Length: +5"), "400 invalid-content-length"},
      {"RefusesANegativeContentLength_Rfc9110_8_6", With("Content-Length: -5"), "400 invalid-content-length"},
      {"RefusesABlankInContentLength_Rfc9110_8_6", With("Content-Length: 1 0"), "400 invalid-content-length"},
      {"RefusesLeadingZerosInContentLength_Rfc9110_8_6", With("Content-Length: 05"), "400 invalid-content-length"},
      {"RefusesTwoZerosAsContentLength_Rfc9110_8_6", With("Content-Length: 00"), "400 invalid-content-length"},
      {"RefusesAHexadecimalContentLength_Rfc9110_8_6", With("Content-Length: 0x5"), "400 invalid-content-length"},
      {"RefusesAnEmptyContentLength_Rfc9110_8_6", With("Content-Length:"), "400 invalid-content-length"},
      {"RefusesAnEmptyElementOfContentLength_Rfc9110_8_6", With("Content-Length: 5,"), "400 invalid-content-length"},
      {"RefusesContentLengthBesideTransferEncoding_Rfc9112_6_1",
       With("Content-Length: 5\r\nTransfer-Encoding: chunked"), "400 conflicting-framing"},
      {"RefusesTransferEncodingBesideContentLength_Rfc9112_6_1",
       With("Transfer-Encoding: chunked\r\nContent-Length: 5"), "400 conflicting-framing"},

      {"ReadsTransferCodingsWithoutCase_Rfc9112_7", With("tRANSFER-eNCODING: cHUNKED") + "0\r\n\r\n", "POST / h \"\""},
      {"RefusesTransferEncodingOfHttp10_Rfc9112_6_1",
       "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400 transfer-encoding-in-http-1-0"},
      {"RefusesAnUnknownCodingBeforeChunked_Rfc9112_6_1",
       With("Transfer-Encoding: gzip, chunked"), "501 unknown-transfer-coding"},
      {"JoinsTransferEncodingFields_Rfc9110_5_3",
       With("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"), "501 unknown-transfer-coding"},
      {"RefusesAnUnknownLastCoding_Rfc9112_6_3", With("Transfer-Encoding: gzip"), "400 chunked-not-last"},
      {"RefusesIdentityAsCoding_Rfc9112_6_3", With("Transfer-Encoding: identity"), "400 chunked-not-last"},
      {"RefusesACodingThatEndsInChunked_Rfc9112_6_3", With("Transfer-Encoding: xchunked"), "400 chunked-not-last"},
      {"RefusesACodingBehindChunked_Rfc9112_6_3", With("Transfer-Encoding: chunked, gzip"), "400 chunked-not-last"},
      {"RefusesACodingInAFieldBehindChunked_Rfc9112_6_3",
       With("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"), "400 chunked-not-last"},
      {"RefusesChunkedTwice_Rfc9112_6_1", With("Transfer-Encoding: chunked, chunked"), "400 repeated-chunked"},
      {"RefusesChunkedInTwoFields_Rfc9112_6_1",
       With("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), "400 repeated-chunked"},
      {"RefusesParametersOfChunked_Rfc9112_7", With("Transfer-Encoding: chunked;a=b"), "400 invalid-transfer-encoding"},
      {"RefusesQuotedChunked_Rfc9112_7", With("Transfer-Encoding: \"chunked\""), "400 invalid-transfer-encoding"},
      {"RefusesAnEmptyTransferEncoding_Rfc9112_6_1", With("Transfer-Encoding:"), "400 invalid-transfer-encoding"},
      {"RefusesAnEmptyCoding_Rfc9112_6_1", With("Transfer-Encoding: ,chunked"), "400 invalid-transfer-encoding"},

      {"KeepsHttp11Alive_Rfc9112_9_3", With("Connection: upgrade"), "POST / h"},
      {"ClosesHttp11OnRequest_Rfc9112_9_6", With("Connection: TE, Close"), "POST / h close"},
      {"KeepsHttp10AliveOnRequest_Rfc9112_9_3", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET / 1.0"},
      {"LetsCloseWinOverKeepAlive_Rfc9112_9_3",
       "GET / HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", "GET / 1.0 close"},
      {"ReadsExpectContinue_Rfc9110_10_1_1", With("Expect: 100-Continue\r\nContent-Length: 1") + "x", "POST / h expect \"x\""},
      {"IgnoresExpectContinueOfHttp10_Rfc9110_10_1_1",
       "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx", "POST / 1.0 close \"x\""},
      {"RefusesOtherExpectations_Rfc9110_10_1_1", With("Expect: 200-ok"), "417 unsupported-expectation"},
      {"RefusesAnEmptyExpectation_Rfc9110_10_1_1", With("Expect:"), "417 unsupported-expectation"},
  };
}

std::vector<RequestCase> ChunkedCases() {
  return {
      {"ReadsChunks_Rfc9112_7_1", Chunked("5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n"), "POST / h \"hello world\""},
      {"ReadsChunkSizesInAnyCaseAndWithZeros_Rfc9112_7_1",
       Chunked("00A\r\n0123456789\r\n0b\r\nabcdefghijk\r\n000\r\n\r\n"), "POST / h \"0123456789abcdefghijk\""},
      {"ReadsChunkExtensions_Rfc9112_7_1_1",
       Chunked("1;a\r\nx\r\n1;a=b;c=\"d\"\r\ny\r\n0;q=\"\\\";\t\"\r\n\r\n"), "POST / h \"xy\""},
      {"DropsTrailers_Rfc9110_6_5_1", Chunked("1\r\nx\r\n0\r\nA: b\r\nHost:\tc\r\n\r\n"), "POST / h \"x\""},
      {"LeavesWhatFollowsTheLastChunk_Rfc9112_7_1",
       Chunked("0\r\n\r\n") + Get("/next"), "POST / h \"\" | GET /next h"},
      {"RefusesAnEmptyChunkSize_Rfc9112_7_1", Chunked("\r\nx"), "400 invalid-chunk-size"},
      {"RefusesAnExtensionWithoutChunkSize_Rfc9112_7_1", Chunked(";a\r\n"), "400 invalid-chunk-size"},
      {"RefusesAChunkSizeWithPrefix_Rfc9112_7_1", Chunked("0x5\r\nhello\r\n"), "400 invalid-chunk-size"},
      {"RefusesASignedChunkSize_Rfc9112_7_1", Chunked("+5\r\nhello\r\n"), "400 invalid-chunk-size"},
      {"RefusesAChunkSizeOfOtherDigits_Rfc9112_7_1", Chunked("5g\r\nhello\r\n"), "400 invalid-chunk-size"},
      {"RefusesAChunkSizeBeyond64Bits_Rfc9112_7_1", Chunked("10000000000000005\r\nhello\r\n"), "400 chunk-size-overflow"},
      {"RefusesAChunkSizeOfManyZeros_Rfc9112_7_1", Chunked("00000000000000005\r\nhello\r\n"), "400 chunk-size-overflow"},
      {"RefusesABlankBeforeAChunkSize_Rfc9112_7_1", Chunked(" 5\r\nhello\r\n"), "400 blank-in-chunk-line"},
      {"RefusesABlankBehindAChunkSize_Rfc9112_7_1", Chunked("5 \r\nhello\r\n"), "400 blank-in-chunk-line"},
      {"RefusesATabBehindAChunkSize_Rfc9112_7_1", Chunked("5\t\r\nhello\r\n"), "400 blank-in-chunk-line"},
      {"RefusesABareLineFeedBehindAChunkSize_Rfc9112_2_2", Chunked("5\nhello\r\n"), "400 bare-line-feed"},
      {"RefusesABareReturnBehindAChunkSize_Rfc9112_2_2", Chunked("5\rhello\r\n"), "400 bare-carriage-return"},
      {"RefusesABareLineFeedBehindAnExtension_Rfc9112_2_2", Chunked("5;a\nhello\r\n"), "400 bare-line-feed"},
      {"RefusesABlankBeforeAnExtension_Rfc9112_7_1_1", Chunked("5 ;a\r\nhello\r\n"), "400 blank-in-chunk-line"},
      {"RefusesABlankInAnExtension_Rfc9112_7_1_1", Chunked("5;a =b\r\nhello\r\n"), "400 blank-in-chunk-line"},
      {"RefusesAnExtensionWithoutName_Rfc9112_7_1_1", Chunked("5;\r\nhello\r\n"), "400 invalid-chunk-extension"},
      {"RefusesAnEmptyExtensionBeforeAnother_Rfc9112_7_1_1", Chunked("5;;a\r\nhello\r\n"), "400 invalid-chunk-extension"},
      {"RefusesAnExtensionWithoutValue_Rfc9112_7_1_1", Chunked("5;a=\r\nhello\r\n"), "400 invalid-chunk-extension"},
      {"RefusesAnExtensionWithTwoValues_Rfc9112_7_1_1", Chunked("5;a=b=c\r\nhello\r\n"), "400 invalid-chunk-extension"},
      {"RefusesAnExtensionThatIsNoToken_Rfc9112_7_1_1", Chunked("5;a@\r\nhello\r\n"), "400 invalid-chunk-extension"},
      {"RefusesAnOpenQuotedString_Rfc9112_7_1_1", Chunked("5;a=\"b\r\nhello\r\n"), "400 invalid-chunk-extension"},
      {"RefusesALineEndAfterABackslash_Rfc9112_7_1_1", Chunked("5;a=\"\\\r\nhello\r\n"), "400 invalid-chunk-extension"},
      {"RefusesWhatFollowsAQuotedString_Rfc9112_7_1_1", Chunked("5;a=\"b\"c\r\nhello\r\n"), "400 invalid-chunk-extension"},
      {"TakesAnExtensionAtItsLimit_Rfc9112_7_1_1", Chunked("0;" + X(15) + "\r\n\r\n"), "POST / h \"\""},
      {"RefusesAnExtensionBeyondItsLimit_Rfc9112_7_1_1", Chunked("0;" + X(16) + "\r\n\r\n"), "400 chunk-extension-too-long"},
      {"RefusesExtensionsBeyondTheirLimit_Rfc9112_7_1_1",
       Chunked("1;" + X(14) + "\r\nx\r\n1;" + X(14) + "\r\nx\r\n0;" + X(14) + "\r\n\r\n"), "400 chunk-extensions-too-long"},
      {"RefusesAMissingChunkEnd_Rfc9112_7_1", Chunked("5\r\nhelloX\n"), "400 missing-chunk-end"},
      {"RefusesABareLineFeedAsChunkEnd_Rfc9112_7_1", Chunked("5\r\nhello\n0\r\n\r\n"), "400 missing-chunk-end"},
      {"RefusesABareReturnAsChunkEnd_Rfc9112_7_1", Chunked("5\r\nhello\r0\r\n\r\n"), "400 missing-chunk-end"},
      {"TakesAChunkedBodyAtItsLimit_Rfc9110_15_5_14", Chunked("40\r\n" + X(64) + "\r\n0\r\n\r\n"), "POST / h \"" + X(64) + "\""},
      {"RefusesAChunkBeyondTheLimitOfTheBody_Rfc9110_15_5_14", Chunked("41\r\n"), "413 body-too-large"},
      {"RefusesChunksBeyondTheLimitOfTheBody_Rfc9110_15_5_14", Chunked("3f\r\n" + X(63) + "\r\n2\r\n"), "413 body-too-large"},
      {"RefusesTheLargestChunkForItsSize_Rfc9110_15_5_14", Chunked("1\r\nx\r\nffffffffffffffff\r\n"), "413 body-too-large"},
      {"RefusesABareReturnBehindTheLastChunk_Rfc9112_2_2", Chunked("0\r\n\rX"), "400 bare-carriage-return"},
      {"RefusesABareLineFeedBehindTheLastChunk_Rfc9112_2_2", Chunked("0\r\n\n"), "400 bare-line-feed"},
      {"RefusesABareReturnBehindATrailer_Rfc9112_2_2", Chunked("0\r\nA: b\rX"), "400 bare-carriage-return"},
      {"RefusesABareLineFeedBehindATrailer_Rfc9112_2_2", Chunked("0\r\nA: b\n\r\n"), "400 bare-line-feed"},
      {"RefusesABlankBeforeTrailers_Rfc9112_5_2", Chunked("0\r\n A: b\r\n\r\n"), "400 blank-before-fields"},
      {"RefusesAFoldedTrailer_Rfc9112_5_2", Chunked("0\r\nA: b\r\n c\r\n\r\n"), "400 folded-field"},
      {"RefusesABlankBeforeTheColonOfATrailer_Rfc9112_5_1", Chunked("0\r\nA : b\r\n\r\n"), "400 blank-before-colon"},
      {"RefusesATrailerWithoutColon_Rfc9112_5", Chunked("0\r\nA\r\n\r\n"), "400 missing-colon"},
      {"RefusesATrailerWithoutName_Rfc9110_5_1", Chunked("0\r\n: b\r\n\r\n"), "400 empty-field-name"},
      {"RefusesATrailerWhoseNameIsNoToken_Rfc9110_5_1", Chunked("0\r\nA@: b\r\n\r\n"), "400 invalid-field-name"},
      {"RefusesAControlByteInATrailer_Rfc9110_5_5", Chunked("0\r\nA: \x01\r\n\r\n"), "400 invalid-field-value"},
      {"TakesAsManyTrailersAsAllowed_Rfc6585_5", Chunked("0\r\nA:\r\nB:\r\nC:\r\n\r\n"), "POST / h \"\""},
      {"RefusesMoreTrailersThanAllowed_Rfc6585_5", Chunked("0\r\nA:\r\nB:\r\nC:\r\nD:\r\n\r\n"), "431 too-many-trailers"},
      {"TakesTrailersAtTheirLimit_Rfc6585_5", Chunked("0\r\nA:" + X(38) + "\r\n\r\n"), "POST / h \"\""},
      {"RefusesTrailersBeyondTheirLimit_Rfc6585_5", Chunked("0\r\nA:" + X(39) + "\r\n\r\n"), "431 trailers-too-large"},
  };
}
// clang-format on

}  // namespace

const std::vector<RequestCase>& RequestCases() {
  static const std::vector<RequestCase> cases = [] {
    std::vector<RequestCase> all;
    for (const auto& part : {RequestLineCases(), TargetCases(), FieldCases(), HostCases(),
                             FramingCases(), ChunkedCases()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return cases;
}

}  // namespace troupe::http
