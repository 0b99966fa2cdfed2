#include "runtime/config/defaults.h"

#include <cassert>

#include "runtime/config/field.h"

namespace troupe::config {
namespace {

void SetDefault(const FieldDescriptor& field, const std::string& text, Message& message) {
  [[maybe_unused]] const absl::Status status = SetFromText(field, text, message);
  assert(status.ok());  // a default outside its own range: the schema is wrong, a test finds it
}

void ApplyTo(Message& message);

void ApplyToGroup(const FieldDescriptor& field, Message& message) {
  const auto& reflection = *message.GetReflection();
  if (!field.is_repeated()) return ApplyTo(*reflection.MutableMessage(&message, &field));
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    ApplyTo(*reflection.MutableRepeatedMessage(&message, &field, i));
  }
}

void ApplyTo(Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const bool is_set = field.is_repeated() || reflection.HasField(message, &field);
    if (IsGroup(field)) {
      // A group that is one of several alternatives must not come into being here.
      if (is_set || field.real_containing_oneof() == nullptr) ApplyToGroup(field, message);
    } else if (!is_set && !SettingOf(field).default_value().empty()) {
      SetDefault(field, SettingOf(field).default_value(), message);
    }
  }
}

void ApplyPlacementDefaults(v1::Pool& pool) {
  const v1::PlacementDefaults& defaults = v1::Pool::Placement_descriptor()
                                              ->FindValueByNumber(pool.placement())
                                              ->options()
                                              .GetExtension(v1::placement_defaults);
  const Descriptor& type = *v1::Pool::descriptor();
  if (!pool.has_in_flight_max()) {
    SetDefault(*type.FindFieldByNumber(v1::Pool::kInFlightMaxFieldNumber), defaults.in_flight_max(),
               pool);
  }
  if (!pool.has_queue_max()) {
    SetDefault(*type.FindFieldByNumber(v1::Pool::kQueueMaxFieldNumber), defaults.queue_max(), pool);
  }
}

}  // namespace

void ApplyDefaults(v1::Config& config) {
  ApplyTo(config);
  for (v1::Pool& pool : *config.mutable_pools()) ApplyPlacementDefaults(pool);
}

}  // namespace troupe::config
