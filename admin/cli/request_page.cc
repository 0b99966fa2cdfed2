#include "admin/cli/request_page.h"

#include "admin/cli/format.h"

namespace troupe::admin::cli {

std::string PhasesText(const v1::PhaseTimes& times) {
  return "read " + TextIf(times.has_read(), times.read()) +
         (times.has_body() ? " (body " + Text(times.body()) + ")" : "") + ", queue " +
         TextIf(times.has_queue(), times.queue()) + ", service " +
         TextIf(times.has_service(), times.service()) + ", write " +
         TextIf(times.has_write(), times.write());
}

std::string RequestLine(const std::string& method, const std::string& target) {
  return method.empty() ? kNone : method + " " + target;
}

void ShowFields(const google::protobuf::RepeatedPtrField<v1::HeaderField>& fields, Page& page) {
  if (fields.empty()) return;
  Table table;
  for (const v1::HeaderField& field : fields) table.Add({field.name() + ":", field.value()});
  page.Section("fields");
  page.Add(table);
}

void ShowRequest(const v1::Request& request, Page& page) {
  Table table;
  table.Add({"request", ShortName(request.name())});
  table.Add({"line", RequestLine(request.method(), request.target())});
  table.Add({"route", request.route().empty() ? kNone : request.route()});
  table.Add({"worker", request.worker().empty() ? kNone : ShortName(request.worker())});
  table.Add({"client", request.client() + ", connection " + ShortName(request.connection())});
  table.Add({"phase", EnumText(request.phase()) + (request.cancelled() ? ", cancelled" : "")});
  table.Add({"age", TextIf(request.has_age(), request.age())});
  table.Add({"deadline", TextIf(request.has_deadline(), request.deadline())});
  table.Add({"times", PhasesText(request.times())});
  table.Add({"body", Bytes(static_cast<double>(request.body_bytes()))});
  table.Add({"revision", std::to_string(request.revision())});
  if (!request.outcome().empty()) {
    table.Add({"outcome", request.outcome() + " " + std::to_string(request.status()) +
                              (request.cause().empty() ? "" : ", " + request.cause())});
  }
  page.Add(table);
  ShowFields(request.fields(), page);
}

}  // namespace troupe::admin::cli
