#include "runtime/http/field_line.h"

#include "runtime/http/scan.h"

namespace troupe::http {

Refusal WhyNoField(char first, bool first_line) {
  if (first == '\n') return Refusal::kBareLineFeed;
  if (first == ':') return Refusal::kEmptyFieldName;
  if (!IsBlank(first)) return Refusal::kInvalidFieldName;
  return first_line ? Refusal::kBlankBeforeFields : Refusal::kFoldedField;
}

Refusal WhyNoColon(char next) {
  if (IsBlank(next)) return Refusal::kBlankBeforeColon;
  return next == '\r' || next == '\n' ? Refusal::kMissingColon : Refusal::kInvalidFieldName;
}

Refusal WhyNoValueByte(char byte) {
  return byte == '\n' ? Refusal::kBareLineFeed : Refusal::kInvalidFieldValue;
}

}  // namespace troupe::http
