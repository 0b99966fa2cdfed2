#include "runtime/policy/fingerprint.h"

#include <algorithm>

namespace troupe::policy {
namespace {

constexpr uint64_t kFnvBasis = 0xcbf29ce484222325;
constexpr uint64_t kFnvPrime = 0x100000001b3;

// FNV-1a.
uint64_t AddBytes(uint64_t hash, std::string_view bytes) {
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * kFnvPrime;
  return hash;
}

uint64_t AddNumber(uint64_t hash, uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) hash = (hash ^ (number >> shift & 0xff)) * kFnvPrime;
  return hash;
}

// With its length, so that the border to what follows is part of it.
uint64_t AddText(uint64_t hash, std::string_view text) {
  return AddBytes(AddNumber(hash, text.size()), text);
}

// The sum of the keys' hashes: the same in whatever order they come, without sorting.
uint64_t HashKeys(std::string_view query) {
  uint64_t sum = 0;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (!pair.empty()) sum += AddText(kFnvBasis, pair.substr(0, pair.find('=')));
  }
  return sum;
}

}  // namespace

uint64_t Fingerprint(const RequestShape& shape) {
  uint64_t hash = AddText(kFnvBasis, shape.method);
  hash = AddText(hash, shape.route);
  hash = AddNumber(hash, HashKeys(shape.query));
  return AddNumber(hash, shape.body_digest);
}

uint64_t BodyDigest(std::string_view body) { return AddText(kFnvBasis, body); }

}  // namespace troupe::policy
