#include "runtime/http/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace troupe::http {
namespace {

using testing::ElementsAre;

// Fields whose names and values stand in one text: "name=value name=value".
class FieldsOfText {
 public:
  explicit FieldsOfText(std::string text) : text_(std::move(text)) {
    for (size_t begin = 0; begin < text_.size();) {
      const size_t equals = text_.find('=', begin);
      const size_t end = std::min(text_.find(' ', equals), text_.size());
      const std::string_view name = std::string_view(text_).substr(begin, equals - begin);
      fields_.Add({.name_begin = static_cast<uint32_t>(begin),
                   .value_begin = static_cast<uint32_t>(equals + 1),
                   .name_size = static_cast<uint16_t>(name.size()),
                   .value_size = static_cast<uint16_t>(end - equals - 1),
                   .known = KnownFieldOf(name)});
      begin = end + 1;
    }
    fields_.SetBase(text_.data());
  }
  const Fields& operator*() const { return fields_; }
  const Fields* operator->() const { return &fields_; }

 private:
  std::string text_;
  Fields fields_;
};

TEST(Fields, AreFoundByNameWithoutCase_Rfc9110_5_1) {
  const FieldsOfText fields("Accept=a X-Id=1 x-id=2");
  EXPECT_EQ(fields->Get("ACCEPT"), "a");
  EXPECT_EQ(fields->Get("x-iD"), "1");
  EXPECT_TRUE(fields->Has("accept"));
}

TEST(Fields, TellAnEmptyValueFromNone) {
  const FieldsOfText fields("Empty=");
  EXPECT_EQ(fields->Get("empty"), "");
  EXPECT_TRUE(fields->Has("empty"));
  EXPECT_EQ(fields->Get("none"), "");
  EXPECT_FALSE(fields->Has("none"));
}

TEST(Fields, AreFoundWhenKnown) {
  const FieldsOfText fields("A=b Te=trailers");
  EXPECT_EQ(fields->Get(KnownField::kTe), "trailers");
  EXPECT_TRUE(fields->Has(KnownField::kTe));
  EXPECT_FALSE(fields->Has(KnownField::kHost));
}

TEST(KnownFieldOf, KnowsEachNameInAnyCase_Rfc9110_5_1) {
  const std::vector<std::pair<std::string, KnownField>> names = {
      {"host", KnownField::kHost},
      {"connection", KnownField::kConnection},
      {"content-length", KnownField::kContentLength},
      {"transfer-encoding", KnownField::kTransferEncoding},
      {"expect", KnownField::kExpect},
      {"te", KnownField::kTe},
      {"trailer", KnownField::kTrailer},
      {"upgrade", KnownField::kUpgrade},
      {"forwarded", KnownField::kForwarded},
      {"x-forwarded-for", KnownField::kXForwardedFor},
      {"x-forwarded-host", KnownField::kXForwardedHost},
      {"x-forwarded-proto", KnownField::kXForwardedProto},
      {"x-request-id", KnownField::kXRequestId},
      {"traceparent", KnownField::kTraceparent},
  };
  ASSERT_EQ(names.size(), kKnownFieldCount - 1);
  for (const auto& [name, known] : names) {
    std::string upper = name;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(KnownFieldOf(name), known) << name;
    EXPECT_EQ(KnownFieldOf(upper), known) << upper;
  }
}

TEST(KnownFieldOf, KnowsNoNameThatDiffersInOneByte) {
  for (const std::string name : {"host", "content-length", "transfer-encoding", "te", "expect"}) {
    for (size_t i = 0; i < name.size(); ++i) {
      for (char c : std::string("~^!|_-.0zZ")) {
        std::string other = name;
        other[i] = c;
        if (other == name) continue;
        EXPECT_EQ(KnownFieldOf(other), KnownField::kOther) << other;
      }
    }
    EXPECT_EQ(KnownFieldOf(name + "s"), KnownField::kOther);
  }
}

TEST(EqualsIgnoreCase, ComparesAsciiLettersAlone) {
  EXPECT_TRUE(EqualsIgnoreCase("Keep-Alive", "kEEP-aLIVE"));
  EXPECT_TRUE(EqualsIgnoreCase("", ""));
  EXPECT_FALSE(EqualsIgnoreCase("a", "ab"));
  EXPECT_FALSE(EqualsIgnoreCase("[", "{"));
  EXPECT_FALSE(EqualsIgnoreCase("\xc4", "\xe4"));
}

std::vector<std::string> ElementsOf(std::string_view value) {
  std::vector<std::string> elements;
  ListReader list(value);
  for (std::string_view element; list.Next(element);) elements.emplace_back(element);
  return elements;
}

TEST(ListReader, GivesElementsWithoutBlanks_Rfc9110_5_6_1) {
  EXPECT_THAT(ElementsOf("a, b\t,c d ,e"), ElementsAre("a", "b", "c d", "e"));
}

TEST(ListReader, GivesEmptyElementsToo_Rfc9110_5_6_1) {
  EXPECT_THAT(ElementsOf(""), ElementsAre(""));
  EXPECT_THAT(ElementsOf(",a, ,"), ElementsAre("", "a", "", ""));
}

}  // namespace
}  // namespace troupe::http
