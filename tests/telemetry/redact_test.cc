#include "runtime/telemetry/redact.h"

#include <gtest/gtest.h>

namespace troupe::telemetry {
namespace {

TEST(RedactionTest, TakesCredentialsOutOfFieldsInAnyCase) {
  Redaction redaction;
  for (const char* name :
       {"Authorization", "PROXY-AUTHORIZATION", "cookie", "Set-Cookie", "x-API-key"}) {
    EXPECT_EQ(redaction.FieldValue(name, "secret"), kRedacted) << name;
  }
  EXPECT_EQ(redaction.FieldValue("Accept", "text/html"), "text/html");
}

TEST(RedactionTest, TakesOutWhatTheConfigurationNames) {
  Redaction redaction({"X-Session"});
  EXPECT_EQ(redaction.FieldValue("x-session", "abc"), kRedacted);
  EXPECT_EQ(redaction.FieldValue("cookie", "abc"), kRedacted);
}

TEST(RedactionTest, TakesTheValuesOutOfAQueryAndKeepsItsNames) {
  Redaction redaction;
  EXPECT_EQ(redaction.Target("/find"), "/find");
  EXPECT_EQ(redaction.Target("/find?q=a&b=c"), "/find?q=[redacted]&b=[redacted]");
  EXPECT_EQ(redaction.Target("/find?token"), "/find?[redacted]");
  EXPECT_EQ(redaction.Target("/find?"), "/find?");
  EXPECT_EQ(redaction.Target("/find?a=&&b=1=2?"), "/find?a=[redacted]&&b=[redacted]");
}

}  // namespace
}  // namespace troupe::telemetry
