// Request methods (RFC 9110 section 9.3, RFC 5789 for PATCH). Values only; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::http {

enum class Method : uint8_t {
  kGet,
  kHead,
  kPost,
  kPut,
  kDelete,
  kConnect,
  kOptions,
  kTrace,
  kPatch
};
inline constexpr int kMethodCount = 9;

// The name as it stands on the wire, in upper case.
std::string_view MethodName(Method method);

// Method names are case-sensitive (RFC 9110 section 9.1). nullopt for one that is not known here.
std::optional<Method> ParseMethod(std::string_view name);

// GET, HEAD, OPTIONS and TRACE (RFC 9110 section 9.2.1).
bool IsSafe(Method method);

// A set of methods as bits, for routes and for the Allow field.
class MethodSet {
 public:
  constexpr MethodSet() = default;
  constexpr explicit MethodSet(Method method) { Add(method); }
  static constexpr MethodSet All() {
    return MethodSet(static_cast<uint16_t>((1u << kMethodCount) - 1));
  }
  constexpr void Add(Method method) {
    bits_ |= static_cast<uint16_t>(1u << static_cast<int>(method));
  }
  constexpr void Add(MethodSet other) { bits_ |= other.bits_; }
  constexpr bool Contains(Method method) const { return bits_ >> static_cast<int>(method) & 1; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(MethodSet, MethodSet) = default;

 private:
  constexpr explicit MethodSet(uint16_t bits) : bits_(bits) {}
  uint16_t bits_ = 0;
};

}  // namespace troupe::http
