#include "runtime/config/path_template.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "runtime/config/text.h"
#include "runtime/config/values.h"

namespace troupe::config {
namespace {

// "/a/{b}/*" has "b" and "*".
std::vector<std::string> VariablesOf(std::string_view pattern) {
  std::vector<std::string> variables;
  for (std::string_view segment : Split(pattern, '/')) {
    if (segment == "*" || (ConsumePrefix(segment, "{") && ConsumeSuffix(segment, "}"))) {
      variables.emplace_back(segment);
    }
  }
  return variables;
}

absl::Status NoSuchVariable(std::string_view variable, const std::vector<std::string>& known) {
  const auto in_braces = [](std::string* out, const std::string& name) {
    Append(*out, "{", name, "}");
  };
  return absl::InvalidArgumentError(
      Concat(Quoted(Concat("{", variable, "}")), " is no variable of the path; allowed: ",
             known.empty() ? "none" : absl::StrJoin(known, ", ", in_braces)));
}

// RFC 3986 section 3.3, beside letters and digits.
constexpr std::string_view kPathMarks = "-._~!$&'()*+,;=:@/";

void AppendEncoded(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  // A variable must not turn "/" into "//", which would begin the name of another host.
  if (out == "/" && ConsumePrefix(text, "/")) out.append("%2F");
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    // An encoded slash has been left encoded by the router.
    const bool is_slash = text.substr(i).starts_with("%2F");
    if (absl::ascii_isalnum(c) || is_slash || kPathMarks.find(text[i]) != std::string_view::npos) {
      out.push_back(text[i]);
    } else {
      out.append({'%', kHex[c >> 4], kHex[c & 15]});
    }
  }
}

}  // namespace

absl::StatusOr<PathTemplate> PathTemplate::Parse(std::string_view text, std::string_view pattern) {
  const std::vector<std::string> known = VariablesOf(pattern);
  PathTemplate result;
  while (true) {
    const size_t begin = text.find_first_of("{}");
    Part part{std::string(text.substr(0, begin)), ""};
    if (begin == std::string_view::npos) {
      result.parts_.push_back(std::move(part));
      return result;
    }
    const size_t end = text.find('}', begin);
    if (text[begin] == '}' || end == std::string_view::npos) {
      return absl::InvalidArgumentError(
          Concat(Quoted(text), " has a brace without its other; allowed: {NAME} and {*}"));
    }
    part.variable = text.substr(begin + 1, end - begin - 1);
    if (std::find(known.begin(), known.end(), part.variable) == known.end()) {
      return NoSuchVariable(part.variable, known);
    }
    result.parts_.push_back(std::move(part));
    text.remove_prefix(end + 1);
  }
}

std::string PathTemplate::Expand(const http::PathParams& params, Encoding encoding) const {
  std::string path;
  for (const Part& part : parts_) {
    path.append(part.literal);
    const std::string_view value =
        part.variable.empty() ? std::string_view() : params.Get(part.variable);
    if (encoding == Encoding::kPercent) {
      AppendEncoded(value, path);
    } else {
      path.append(value);
    }
  }
  return path;
}

}  // namespace troupe::config
