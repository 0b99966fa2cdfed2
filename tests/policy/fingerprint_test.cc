#include "runtime/policy/fingerprint.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace troupe::policy {
namespace {

const RequestShape kShape{
    .method = "POST", .route = "/orders", .query = "a=1&b=2", .body_digest = 42};

TEST(Fingerprint, OnlyTheKeysOfTheQueryCountInWhateverOrder) {
  for (const char* query : {"a=1&b=2", "b=2&a=1", "a=9&b", "b&a=", "&a&&b&", "a=x=y&b=z?"}) {
    RequestShape shape = kShape;
    shape.query = query;
    EXPECT_EQ(Fingerprint(shape), Fingerprint(kShape)) << query;
  }
}

TEST(Fingerprint, EveryPartOfTheShapeCounts) {
  for (const auto& [name, shape] : std::vector<std::pair<std::string, RequestShape>>{
           {"method", {"PUT", "/orders", "a&b", 42}},
           {"route", {"POST", "/order", "a&b", 42}},
           {"a key more", {"POST", "/orders", "a&b&c", 42}},
           {"a key less", {"POST", "/orders", "a", 42}},
           {"another key", {"POST", "/orders", "a&c", 42}},
           {"keys run together", {"POST", "/orders", "ab", 42}},
           {"a key twice", {"POST", "/orders", "a&b&b", 42}},
           {"case of a key", {"POST", "/orders", "A&b", 42}},
           {"no query", {"POST", "/orders", "", 42}},
           {"body", {"POST", "/orders", "a&b", 43}},
           {"border of method and route", {"POST/", "orders", "a&b", 42}},
       }) {
    EXPECT_NE(Fingerprint(shape), Fingerprint(kShape)) << name;
  }
}

TEST(Fingerprint, IsTheSameInEveryRun) { EXPECT_EQ(Fingerprint(kShape), 1519187466790288293u); }

TEST(BodyDigest, DiffersWithEveryByteAndWithLength) {
  const std::string body = "{\"id\": 1}";
  for (size_t i = 0; i < body.size(); ++i) {
    std::string other = body;
    other[i] ^= 1;
    EXPECT_NE(BodyDigest(other), BodyDigest(body)) << i;
  }
  EXPECT_NE(BodyDigest(std::string(1, '\0')), BodyDigest(""));
  EXPECT_NE(BodyDigest(std::string(2, '\0')), BodyDigest(std::string(1, '\0')));
}

}  // namespace
}  // namespace troupe::policy
