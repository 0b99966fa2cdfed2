// What every declaration in config.proto must have, so that none can be forgotten.
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "runtime/config/field.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::config {
namespace {

void ForEachSetting(const Descriptor& type,
                    const std::function<void(const FieldDescriptor&)>& visit) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsGroup(field)) {
      ForEachSetting(*field.message_type(), visit);
    } else {
      visit(field);
    }
  }
}

void ForEachSetting(const std::function<void(const FieldDescriptor&)>& visit) {
  ForEachSetting(*v1::Config::descriptor(), visit);
}

bool HasRange(const FieldDescriptor& field) {
  return IsDuration(field) || field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
}

std::unique_ptr<Message> NewOwner(const FieldDescriptor& field) {
  const auto& factory = *google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<Message>(const_cast<google::protobuf::MessageFactory&>(factory)
                                      .GetPrototype(field.containing_type())
                                      ->New());
}

TEST(Schema, EverySettingSaysWhenAChangeTakesEffect) {
  ForEachSetting([](const FieldDescriptor& field) {
    EXPECT_NE(SettingOf(field).apply(), v1::APPLY_UNSPECIFIED) << field.full_name();
  });
}

TEST(Schema, EveryNumberSizeAndDurationHasARange) {
  ForEachSetting([](const FieldDescriptor& field) {
    if (!HasRange(field)) return;
    EXPECT_FALSE(SettingOf(field).min().empty()) << field.full_name();
    EXPECT_FALSE(SettingOf(field).max().empty()) << field.full_name();
  });
}

TEST(Schema, NumbersNamedBytesAreSizes) {
  ForEachSetting([](const FieldDescriptor& field) {
    const bool is_number = HasRange(field) && !IsDuration(field);
    const bool is_named_bytes = field.name().find("bytes") != std::string::npos;
    EXPECT_EQ(SettingOf(field).unit() != v1::UNIT_UNSPECIFIED, is_number && is_named_bytes)
        << field.full_name();
  });
}

TEST(Schema, DefaultsAndBoundsAreAllowedValuesAndPrintAsWritten) {
  ForEachSetting([](const FieldDescriptor& field) {
    const v1::Setting& setting = SettingOf(field);
    for (const std::string& text : {setting.default_value(), setting.min(), setting.max()}) {
      if (text.empty()) continue;
      const auto owner = NewOwner(field);
      const absl::Status status = SetFromText(field, text, *owner);
      ASSERT_TRUE(status.ok()) << field.full_name() << ": " << status;
      EXPECT_TRUE(SetFromText(field, ToText(field, *owner, 0), *owner).ok()) << field.full_name();
    }
    if (setting.default_value().empty()) return;
    const auto owner = NewOwner(field);
    ASSERT_TRUE(SetFromText(field, setting.default_value(), *owner).ok());
    const std::string zero = setting.zero().empty() ? setting.default_value() : setting.zero();
    const std::string printed = ToText(field, *owner);
    EXPECT_TRUE(printed == setting.default_value() || printed == zero) << field.full_name();
  });
}

TEST(Schema, WhatHasNoDefaultIsRequiredOrMeansSomethingWhenUnset) {
  const std::vector<std::string> meaningful = {
      "troupe.config.v1.Config.priority_field",    // none
      "troupe.config.v1.Config.deadline_field",    // none
      "troupe.config.v1.Pool.in_flight_max",       // by placement
      "troupe.config.v1.Pool.queue_max",           // by placement
      "troupe.config.v1.Route.host",               // any
      "troupe.config.v1.Route.pool",               // one of two
      "troupe.config.v1.Route.rewrite",            // none
      "troupe.config.v1.Route.body_bytes_max",     // that of limits
      "troupe.config.v1.Route.request_timeout",    // that of the pool
      "troupe.config.v1.ErrorPage.file",           // one of two
      "troupe.config.v1.ErrorPage.body",           // one of two
      "troupe.config.v1.Admin.observer_group",     // the server's own
      "troupe.config.v1.Admin.tokens_file",        // no tokens
      "troupe.config.v1.AdminTls.cert_file",       // no TLS
      "troupe.config.v1.AdminTls.key_file",        // no TLS
      "troupe.config.v1.AdminTls.client_ca_file",  // no certificates
  };
  ForEachSetting([&](const FieldDescriptor& field) {
    const v1::Setting& setting = SettingOf(field);
    if (field.is_repeated() || setting.required() || !setting.default_value().empty()) return;
    EXPECT_NE(std::find(meaningful.begin(), meaningful.end(), field.full_name()), meaningful.end())
        << field.full_name();
  });
}

}  // namespace
}  // namespace troupe::config
