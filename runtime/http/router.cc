#include "runtime/http/router.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "runtime/http/route_host.h"
#include "runtime/http/route_pattern.h"

namespace troupe::http {
namespace {

// Unlike the standard library's it divides by nothing, which took longer than the rest.
template <class T>
using StringMap = absl::flat_hash_map<std::string, T>;

// What a StringMap has at `key`; null when it has nothing there.
template <class T>
const T* FindIn(const StringMap<T>& map, std::string_view key) {
  const auto at = map.find(absl::string_view(key.data(), key.size()));
  return at == map.end() ? nullptr : &at->second;
}

// What one pattern answers, by method.
class Leaf {
 public:
  struct Answer {
    uint32_t value = 0;
    std::vector<std::string> names;  // of the variables, in the order of the path
  };

  bool Add(MethodSet methods, const Answer& answer) {
    if (methods.empty()) return !std::exchange(any_, answer).has_value();
    for (int i = 0; i < kMethodCount; ++i) {
      if (!methods.Contains(static_cast<Method>(i))) continue;
      if (std::exchange(by_method_[i], answer).has_value()) return false;
    }
    return true;
  }

  const Answer* Find(Method method) const {
    if (const auto& answer = by_method_[static_cast<int>(method)]) return &*answer;
    if (method == Method::kHead) {
      if (const auto& answer = by_method_[static_cast<int>(Method::kGet)]) return &*answer;
    }
    return any_ ? &*any_ : nullptr;
  }

  MethodSet allowed() const {
    MethodSet methods;
    for (int i = 0; i < kMethodCount; ++i) {
      if (Find(static_cast<Method>(i)) != nullptr) methods.Add(static_cast<Method>(i));
    }
    return methods;
  }

 private:
  std::array<std::optional<Answer>, kMethodCount> by_method_;
  std::optional<Answer> any_;
};

// One look-up on its way: what it looks for and what it has seen.
struct Search {
  explicit Search(Method method) : method(method) {}

  Method method;
  const Leaf::Answer* found = nullptr;
  MethodSet allowed;  // by the routes that match but for the method

  bool Try(const Leaf& leaf) {
    found = leaf.Find(method);
    if (found == nullptr) allowed.Add(leaf.allowed());
    return found != nullptr;
  }
};

// What the variables on the way to a node have matched.
class Values {
 public:
  void Push(std::string_view value) { values_[depth_++] = value; }
  void Pop() { --depth_; }
  std::string_view operator[](size_t index) const { return values_[index]; }

 private:
  std::array<std::string_view, PathParams::kMax> values_;
  size_t depth_ = 0;
};

// A tree of the patterns with variables, one level a segment. A look-up visits each node at most
// once.
class Node {
 public:
  Leaf& Insert(const std::vector<Segment>& segments) {
    Node* node = this;
    for (const Segment& segment : segments) {
      if (segment.kind == Segment::Kind::kRest) return Make(node->rest_);
      node = segment.kind == Segment::Kind::kVariable ? &Make(node->variable_)
                                                      : &node->literals_[segment.text];
    }
    return Make(node->end_);
  }

  // `path` is what follows this node's segment: empty, or it begins with '/'.
  bool Find(std::string_view path, Search& search, Values& values) const {
    if (path.empty()) return end_ != nullptr && search.Try(*end_);
    std::string_view after = path;
    const std::string_view segment = CutSegment(after);
    if (const auto literal = literals_.find(segment); literal != literals_.end()) {
      if (literal->second.Find(after, search, values)) return true;
    }
    if (variable_ != nullptr && !segment.empty()) {
      values.Push(segment);
      if (variable_->Find(after, search, values)) return true;
      values.Pop();
    }
    if (rest_ != nullptr && search.Try(*rest_)) {
      values.Push(path.substr(1));
      return true;
    }
    return false;
  }

 private:
  template <class T>
  static T& Make(std::unique_ptr<T>& pointer) {
    if (pointer == nullptr) pointer = std::make_unique<T>();
    return *pointer;
  }

  std::map<std::string, Node, std::less<>> literals_;
  std::unique_ptr<Node> variable_;
  std::unique_ptr<Leaf> end_;
  std::unique_ptr<Leaf> rest_;
};

// The routes of one host.
class HostTable {
 public:
  Leaf& Insert(std::string_view pattern, const std::vector<Segment>& segments) {
    const bool literal = std::all_of(segments.begin(), segments.end(), [](const Segment& segment) {
      return segment.kind == Segment::Kind::kLiteral;
    });
    if (literal) return literals_[std::string(pattern)];
    has_patterns_ = true;
    return patterns_.Insert(segments);
  }

  bool Find(std::string_view path, Search& search, PathParams& params) const {
    if (const Leaf* literal = FindIn(literals_, path)) {
      if (search.Try(*literal)) {
        params.Clear();
        return true;
      }
    }
    return has_patterns_ && path.starts_with('/') && FindPattern(path, search, params);
  }

 private:
  bool FindPattern(std::string_view path, Search& search, PathParams& params) const {
    Values values;
    if (!patterns_.Find(path, search, values)) return false;
    params.Clear();
    const std::vector<std::string>& names = search.found->names;
    for (size_t i = 0; i < names.size(); ++i) params.Add(names[i], values[i]);
    return true;
  }

  StringMap<Leaf> literals_;
  Node patterns_;
  bool has_patterns_ = false;
};

}  // namespace

class Router::Impl {
 public:
  absl::Status Add(const RouteSpec& route) {
    absl::StatusOr<std::vector<Segment>> segments = ParsePattern(route.pattern, PathParams::kMax);
    if (!segments.ok()) return segments.status();
    if (!route.host.empty()) {
      if (absl::Status checked = CheckRouteHost(route.host); !checked.ok()) return checked;
    }
    Leaf::Answer answer{route.value, {}};
    for (const Segment& segment : *segments) {
      if (segment.kind != Segment::Kind::kLiteral) answer.names.push_back(segment.text);
    }
    if (Table(route.host).Insert(route.pattern, *segments).Add(route.methods, answer)) {
      return absl::OkStatus();
    }
    return PatternError(route.pattern,
                        "is there twice for the same host and method; remove one of the two");
  }

  Match Find(std::string_view host, Method method, std::string_view path,
             PathParams* params) const {
    Search search(method);
    if (FindByHost(host, path, search, *params)) return {search.found->value, {}, Kind::kFound};
    const Kind kind = search.allowed.empty() ? Kind::kNotFound : Kind::kMethodNotAllowed;
    return {0, search.allowed, kind};
  }

 private:
  HostTable& Table(std::string_view host) {
    if (host.empty()) return any_host_;
    const bool wildcard = host.starts_with("*.");
    if (wildcard) host.remove_prefix(1);
    return (wildcard ? domains_ : hosts_)[absl::AsciiStrToLower(std::string(host))];
  }

  bool FindByHost(std::string_view host, std::string_view path, Search& search,
                  PathParams& params) const {
    if (!hosts_.empty() || !domains_.empty()) {
      std::array<char, kHostSizeMax> buffer;
      if (FindByName(NormalizeHost(host, buffer), path, search, params)) return true;
    }
    return any_host_.Find(path, search, params);
  }

  bool FindByName(std::string_view host, std::string_view path, Search& search,
                  PathParams& params) const {
    const HostTable* exact = FindIn(hosts_, host);
    if (exact != nullptr && exact->Find(path, search, params)) return true;
    for (size_t dot = host.find('.', 1); dot < host.size(); dot = host.find('.', dot + 1)) {
      const HostTable* domain = FindIn(domains_, host.substr(dot));
      if (domain != nullptr && domain->Find(path, search, params)) return true;
    }
    return false;
  }

  StringMap<HostTable> hosts_;
  StringMap<HostTable> domains_;  // of "*.example.org" by ".example.org"
  HostTable any_host_;
};

std::string_view PathParams::Get(std::string_view name) const {
  for (size_t i = 0; i < size_; ++i) {
    if (params_[i].name == name) return params_[i].value;
  }
  return {};
}

void PathParams::Add(std::string_view name, std::string_view value) {
  assert(size_ < kMax);
  params_[size_++] = {name, value};
}

Router::Router() : impl_(std::make_unique<Impl>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

absl::StatusOr<Router> Router::Build(const std::vector<RouteSpec>& routes) {
  auto impl = std::make_unique<Impl>();
  for (const RouteSpec& route : routes) {
    if (absl::Status added = impl->Add(route); !added.ok()) return added;
  }
  Router router;
  router.impl_ = std::move(impl);
  return router;
}

Router::Match Router::Find(std::string_view host, Method method, std::string_view path,
                           PathParams* params) const {
  return impl_->Find(host, method, path, params);
}

absl::Status Router::CheckPattern(std::string_view pattern) {
  return ParsePattern(pattern, PathParams::kMax).status();
}

std::string AllowValue(MethodSet methods) {
  std::string value;
  for (int i = 0; i < kMethodCount; ++i) {
    const Method method = static_cast<Method>(i);
    if (!methods.Contains(method)) continue;
    if (!value.empty()) value.append(", ");
    value.append(MethodName(method));
  }
  return value;
}

}  // namespace troupe::http
