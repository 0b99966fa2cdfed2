#include "runtime/actors/shown_head.h"

#include "runtime/http/json.h"

namespace troupe {
namespace {

constexpr size_t kTextMax = 1024;
constexpr int kFieldsMax = 100;

}  // namespace

std::string ShownText(std::string_view text) { return http::ToUtf8(text.substr(0, kTextMax)); }

void ShowFields(const http::Fields& fields, const telemetry::Redaction& redact,
                google::protobuf::RepeatedPtrField<admin::v1::HeaderField>& out) {
  for (const http::Fields::Entry& field : fields) {
    if (out.size() == kFieldsMax) return;
    admin::v1::HeaderField& shown = *out.Add();
    shown.set_name(ShownText(field.name));
    shown.set_value(ShownText(redact.FieldValue(field.name, field.value)));
  }
}

}  // namespace troupe
