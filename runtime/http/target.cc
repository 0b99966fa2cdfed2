#include "runtime/http/target.h"

#include <algorithm>

#include "runtime/http/scan.h"

namespace troupe::http {
namespace {

constexpr std::string_view kEncodedSlash = "%2F";

// The byte that the three characters at the front of `text` encode, -1 when they encode none.
int DecodeByte(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return -1;
  const int high = HexValue(text[1]);
  const int low = HexValue(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// Whether `path`, which begins with a slash, begins with a segment of one or two dots.
bool BeginsWithDotSegment(std::string_view path) {
  const std::string_view segment = path.substr(0, path.find('/', 1));
  return segment == "/." || segment == "/..";
}

bool IsNormal(std::string_view path) {
  for (size_t i = 0; i < path.size(); ++i) {
    const std::string_view rest = path.substr(i);
    if (rest[0] == '%' && !rest.starts_with(kEncodedSlash)) return false;
    if (rest.starts_with("/.") && BeginsWithDotSegment(rest)) return false;
  }
  return true;
}

void AppendDecodedSegment(std::string_view segment, std::string& out) {
  while (!segment.empty()) {
    const int byte = DecodeByte(segment);
    if (byte == '/') {
      out.append(kEncodedSlash);
    } else {
      out.push_back(byte < 0 ? segment[0] : static_cast<char>(byte));
    }
    segment.remove_prefix(byte < 0 ? 1 : 3);
  }
}

// Takes the last segment, which begins at `begin`, off `path` when it is "." or "..", the latter
// with the one before it.
bool RemoveDotSegment(size_t begin, std::string& path) {
  const std::string_view segment = std::string_view(path).substr(begin);
  const bool up = segment == "/..";
  if (!BeginsWithDotSegment(segment)) return false;
  path.resize(begin);
  if (const size_t slash = path.rfind('/'); up && slash != path.npos) path.resize(slash);
  return true;
}

// Not inlined, so that the usual path does not pay for it.
[[gnu::noinline]] std::string_view NormalizeSpecial(std::string_view raw, std::string& path) {
  if (IsNormal(raw)) return raw;
  path.clear();
  for (size_t begin = 1; begin <= raw.size();) {
    const size_t end = std::min(raw.find('/', begin), raw.size());
    const size_t kept = path.size();
    path.push_back('/');
    AppendDecodedSegment(raw.substr(begin, end - begin), path);
    if (RemoveDotSegment(kept, path) && end == raw.size()) path.push_back('/');
    begin = end + 1;
  }
  return path;
}

}  // namespace

std::string_view NormalizePath(std::string_view raw, std::string* scratch) {
  const bool plain =
      std::none_of(raw.begin(), raw.end(), [](char c) { return c == '%' || c == '.'; });
  return plain ? raw : NormalizeSpecial(raw, *scratch);
}

bool DecodeQueryComponent(std::string_view raw, std::string* out) {
  out->clear();
  while (!raw.empty()) {
    const int byte = DecodeByte(raw);
    if (raw[0] == '%' && byte < 0) return false;
    if (byte >= 0) {
      out->push_back(static_cast<char>(byte));
    } else {
      out->push_back(raw[0] == '+' ? ' ' : raw[0]);
    }
    raw.remove_prefix(byte < 0 ? 1 : 3);
  }
  return true;
}

bool FindQueryParam(std::string_view query, std::string_view name, std::string_view* raw_value) {
  while (!query.empty()) {
    const std::string_view param = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(param.size() + 1, query.size()));
    const size_t equals = std::min(param.find('='), param.size());
    if (param.substr(0, equals) != name) continue;
    *raw_value = param.substr(std::min(equals + 1, param.size()));
    return true;
  }
  return false;
}

}  // namespace troupe::http
