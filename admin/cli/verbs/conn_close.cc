#include "admin/cli/format.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/connections.pb.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::CloseConnectionResponse& response, Page& page) {
  const v1::Connection& connection = response.connection();
  Table table;
  table.Add({"connection", ShortName(connection.name())});
  table.Add({"client", connection.client().empty() ? kNone : connection.client()});
  table.Add({"cancelled", Count(connection.in_flight(), "request")});
  page.Add(table);
}

}  // namespace

void AddConnClose(Command group, Tool& tool) {
  auto request = std::make_shared<v1::CloseConnectionRequest>();
  Command verb = group.Verb("close", "Ends a connection now; what is in flight is cancelled");
  verb.Argument("CONNECTION", *request->mutable_name(), "As conn ls shows it");
  verb.Option("--reason", "TEXT", *request->mutable_reason(), "Why, for audit and events");
  verb.Run([&tool, request] {
    request->set_name(FullName("connections", request->name()));
    tool.output().Print(
        tool.Call<v1::CloseConnectionResponse>("Connections.CloseConnection", *request), Show);
  });
}

}  // namespace troupe::admin::cli
