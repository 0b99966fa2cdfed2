// A target that the parser accepts normalizes to a path that begins at the root, has no dot segment
// and no control byte, and does not change when it is normalized again.
#include <string>

#include "runtime/http/head_parser.h"
#include "runtime/http/target.h"
#include "tests/fuzz/segments.h"

namespace troupe::http {
namespace {

void CheckPath(std::string_view raw) {
  std::string scratch;
  const std::string path(NormalizePath(raw, &scratch));
  fuzz::Require(path.starts_with('/'));
  for (const char c : path) fuzz::Require(static_cast<uint8_t>(c) >= 0x20 && c != 0x7f);
  const std::string closed = path + "/";
  fuzz::Require(closed.find("/./") == closed.npos && closed.find("/../") == closed.npos);
  // An encoded percent sign may become the beginning of another encoding.
  if (raw.find("%25") == raw.npos) fuzz::Require(NormalizePath(path, &scratch) == path);
}

void CheckQuery(std::string_view query) {
  std::string_view raw;
  const std::string_view name = query.substr(0, query.find_first_of("=&"));
  if (!query.empty()) fuzz::Require(FindQueryParam(query, name, &raw));
  std::string decoded;
  fuzz::Require(DecodeQueryComponent(raw, &decoded));
  fuzz::Require(decoded.size() <= raw.size());
}

}  // namespace
}  // namespace troupe::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace troupe;
  const std::string target(reinterpret_cast<const char*>(bytes), size);
  const std::string request = "GET " + target + " HTTP/1.0\r\n\r\n";
  http::HeadParser parser;
  http::RequestHead head;
  if (parser.Parse(request, {}, head) != http::HeadParser::State::kDone) return 0;
  http::CheckPath(head.path);
  http::CheckQuery(head.query);
  return 0;
}
