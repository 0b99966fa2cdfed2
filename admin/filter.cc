#include "admin/filter.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "admin/field_value.h"
#include "runtime/config/text.h"

namespace troupe::admin {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using Test = Filter::Test;

constexpr size_t kTextMax = 4096;
constexpr int kDepthMax = 32;

// One word, operator or quoted text.
struct Lexeme {
  std::string text;
  bool quoted = false;
};

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n'; }
bool IsOperatorPart(char c) {
  return std::string_view("=!<>:()").find(c) != std::string_view::npos;
}

absl::StatusOr<std::vector<Lexeme>> Lexemes(std::string_view text) {
  std::vector<Lexeme> lexemes;
  for (size_t i = 0; i < text.size();) {
    const size_t begin = i;
    if (IsBlank(text[i])) {
      ++i;
    } else if (text[i] == '"') {
      Lexeme lexeme{"", true};
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        lexeme.text += text[i];
      }
      if (i == text.size()) return absl::InvalidArgumentError("filter: a quote is not closed");
      ++i;
      lexemes.push_back(std::move(lexeme));
    } else if (IsOperatorPart(text[i])) {
      const bool two = i + 1 < text.size() && text[i + 1] == '=' && text[i] != '(' &&
                       text[i] != ')' && text[i] != ':' && text[i] != '=';
      i += two ? 2 : 1;
      lexemes.push_back({std::string(text.substr(begin, i - begin)), false});
    } else {
      while (i < text.size() && !IsBlank(text[i]) && !IsOperatorPart(text[i]) && text[i] != '"')
        ++i;
      lexemes.push_back({std::string(text.substr(begin, i - begin)), false});
    }
  }
  return lexemes;
}

bool Compare(const std::string& op, const Value& left, const Value& right) {
  if (op == "=") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  return left >= right;
}

// expression = factor {AND factor}; factor = term {OR term}; term = [NOT] (group | restriction)
class Parser {
 public:
  Parser(std::vector<Lexeme> lexemes, const Descriptor& type)
      : lexemes_(std::move(lexemes)), type_(type) {}

  absl::StatusOr<Test> Whole() {
    absl::StatusOr<Test> test = Expression(0);
    if (test.ok() && at_ < lexemes_.size()) return Unexpected("the end");
    return test;
  }

 private:
  absl::StatusOr<Test> Expression(int depth) {
    if (depth > kDepthMax) return absl::InvalidArgumentError("filter: too many parentheses");
    return Joined(
        "AND", [&] { return Factor(depth); },
        [](const Test& a, const Test& b) {
          return [a, b](const Message& message) { return a(message) && b(message); };
        });
  }

  absl::StatusOr<Test> Factor(int depth) {
    return Joined(
        "OR", [&] { return Term(depth); },
        [](const Test& a, const Test& b) {
          return [a, b](const Message& message) { return a(message) || b(message); };
        });
  }

  template <class Part, class Join>
  absl::StatusOr<Test> Joined(std::string_view word, Part part, Join join) {
    absl::StatusOr<Test> test = part();
    while (test.ok() && Take(word)) {
      absl::StatusOr<Test> next = part();
      if (!next.ok()) return next;
      test = Test(join(*test, *next));
    }
    return test;
  }

  absl::StatusOr<Test> Term(int depth) {
    const bool negated = Take("NOT");
    absl::StatusOr<Test> test = Take("(") ? Group(depth) : Restriction();
    if (!test.ok() || !negated) return test;
    return Test([inner = *std::move(test)](const Message& message) { return !inner(message); });
  }

  absl::StatusOr<Test> Group(int depth) {
    absl::StatusOr<Test> test = Expression(depth + 1);
    if (test.ok() && !Take(")")) return Unexpected("\")\"");
    return test;
  }

  absl::StatusOr<Test> Restriction() {
    if (at_ == lexemes_.size() || lexemes_[at_].quoted) return Unexpected("the name of a field");
    absl::StatusOr<FieldPath> path = FieldPath::Parse(lexemes_[at_].text, type_);
    if (!path.ok()) return Refuse(path.status());
    ++at_;
    for (const char* op : {"=", "!=", "<", "<=", ">", ">=", ":"}) {
      if (!Take(op)) continue;
      if (at_ == lexemes_.size()) return Unexpected("a value");
      return Comparison(*std::move(path), op, lexemes_[at_++]);
    }
    return Unexpected("one of = != < <= > >= :");
  }

  static absl::StatusOr<Test> Comparison(FieldPath path, std::string op, const Lexeme& literal) {
    if (op == ":" && literal.text == "*" && !literal.quoted) {
      return Test([path](const Message& message) { return path.IsSet(message); });
    }
    if (!path.comparable()) {
      return absl::InvalidArgumentError("filter: only \": *\" may be asked of a group or a map");
    }
    absl::StatusOr<Value> value = path.ParseLiteral(literal.text);
    if (!value.ok()) return Refuse(value.status());
    return Test([path, op, value = *std::move(value)](const Message& message) {
      const std::vector<Value> values = path.Values(message);
      return std::any_of(values.begin(), values.end(), [&](const Value& each) {
        if (op != ":") return Compare(op, each, value);
        const auto* text = std::get_if<std::string>(&each);
        if (text == nullptr || path.repeated()) return each == value;
        return text->find(std::get<std::string>(value)) != std::string::npos;
      });
    });
  }

  bool Take(std::string_view word) {
    if (at_ == lexemes_.size() || lexemes_[at_].quoted || lexemes_[at_].text != word) return false;
    ++at_;
    return true;
  }

  absl::Status Unexpected(std::string_view wanted) const {
    const std::string found =
        at_ == lexemes_.size() ? "the end" : config::Quoted(lexemes_[at_].text);
    return absl::InvalidArgumentError(
        config::Concat("filter: ", wanted, " is expected where ", found, " stands"));
  }

  static absl::Status Refuse(const absl::Status& status) {
    return absl::InvalidArgumentError(config::Concat("filter: ", config::MessageOf(status)));
  }

  const std::vector<Lexeme> lexemes_;
  const Descriptor& type_;
  size_t at_ = 0;
};

}  // namespace

absl::StatusOr<Filter> Filter::Parse(std::string_view text, const Descriptor& type) {
  if (text.size() > kTextMax) return absl::InvalidArgumentError("filter: over 4096 bytes long");
  absl::StatusOr<std::vector<Lexeme>> lexemes = Lexemes(text);
  if (!lexemes.ok()) return lexemes.status();
  if (lexemes->empty()) return Filter([](const Message&) { return true; });
  absl::StatusOr<Test> test = Parser(*std::move(lexemes), type).Whole();
  if (!test.ok()) return test.status();
  return Filter(*std::move(test));
}

}  // namespace troupe::admin
