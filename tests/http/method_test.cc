#include "runtime/http/method.h"

#include <gtest/gtest.h>

namespace troupe::http {
namespace {

TEST(Method, IsFoundByTheNameThatItHas_Rfc9110_9_1) {
  for (int i = 0; i < kMethodCount; ++i) {
    const auto method = static_cast<Method>(i);
    EXPECT_EQ(ParseMethod(MethodName(method)), method);
  }
}

TEST(Method, IsNotFoundByAnotherName_Rfc9110_9_1) {
  for (std::string_view name : {"", "G", "get", "GETS", "PROPFIND"}) {
    EXPECT_EQ(ParseMethod(name), std::nullopt) << name;
  }
}

TEST(Method, IsSafeWhenItOnlyReads_Rfc9110_9_2_1) {
  MethodSet safe;
  for (int i = 0; i < kMethodCount; ++i) {
    if (IsSafe(static_cast<Method>(i))) safe.Add(static_cast<Method>(i));
  }
  MethodSet want(Method::kGet);
  want.Add(Method::kHead);
  want.Add(Method::kOptions);
  want.Add(Method::kTrace);
  EXPECT_EQ(safe, want);
}

TEST(MethodSet, ContainsWhatWasAdded) {
  MethodSet set;
  EXPECT_TRUE(set.empty());
  set.Add(Method::kPatch);
  EXPECT_TRUE(set.Contains(Method::kPatch));
  EXPECT_FALSE(set.Contains(Method::kGet));
  set.Add(MethodSet::All());
  EXPECT_EQ(set, MethodSet::All());
}

}  // namespace
}  // namespace troupe::http
