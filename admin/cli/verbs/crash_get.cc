#include "admin/cli/format.h"
#include "admin/cli/request_page.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/crashes.pb.h"

namespace troupe::admin::cli {
namespace {

std::string Decision(const v1::Crash& crash) {
  std::string text = EnumText(crash.decision());
  if (crash.has_backoff()) text += " after " + Text(crash.backoff());
  if (!crash.decision_reason().empty()) text += ": " + crash.decision_reason();
  return text;
}

void ShowStack(const v1::Crash& crash, Page& page) {
  if (crash.stack().empty()) return;
  page.Section("stack");
  for (const std::string& frame : crash.stack()) page.Add("  " + frame);
}

void ShowLastRequests(const v1::Crash& crash, Page& page) {
  if (crash.last_requests().empty()) return;
  Table table({"TIME", "STATUS", "SERVICE", "LINE"});
  for (const v1::RequestDigest& digest : crash.last_requests()) {
    table.Add({Text(digest.time()), std::to_string(digest.status()),
               TextIf(digest.has_service_time(), digest.service_time()),
               RequestLine(digest.method(), digest.target())});
  }
  page.Section("requests that it had ended before");
  page.Add(table);
}

void ShowProcess(const v1::EndedProcess& process, Page& page) {
  Table table({"WORKER", "THREAD", "STAGE", "FOR", "LINE"});
  for (const v1::WorkerInHand& hand : process.in_hand()) {
    table.Add({ShortName(hand.worker()), hand.thread() + (hand.crashed() ? ", crashed" : ""),
               EnumText(hand.stage()), TextIf(hand.has_age(), hand.age()),
               RequestLine(hand.method(), hand.target())});
  }
  page.Section("what the process had in hand");
  page.Add(table);
}

void Show(const v1::Crash& crash, Page& page) {
  Table table;
  table.Add({"crash", ShortName(crash.name())});
  table.Add({"time", Text(crash.time())});
  table.Add({"kind", EnumText(crash.kind())});
  table.Add({"what", crash.exception_type() + (crash.exception_type().empty() ? "" : ": ") +
                         crash.exception_text()});
  if (crash.has_process()) {
    table.Add({"process", std::to_string(crash.process().pid()) + ", version " +
                              crash.process().version() + ", revision " +
                              std::to_string(crash.process().revision())});
  }
  if (!crash.worker().empty()) {
    table.Add({"worker", ShortName(crash.worker()) + ", lived " +
                             TextIf(crash.has_worker_age(), crash.worker_age()) + ", " +
                             Count(crash.worker_restarts(), "restart") + " before"});
  }
  table.Add({"decision", Decision(crash)});
  table.Add({"request", crash.request().empty() ? "none, it was between requests"
                                                : ShortName(crash.request())});
  if (!crash.request().empty()) {
    table.Add({"line", RequestLine(crash.method(), crash.target())});
    table.Add({"route", crash.route()});
    table.Add({"client", crash.client()});
    table.Add({"body", Bytes(static_cast<double>(crash.body_bytes()))});
    table.Add({"times", PhasesText(crash.times())});
  }
  page.Add(table);
  ShowFields(crash.fields(), page);
  ShowStack(crash, page);
  if (!crash.process().in_hand().empty()) ShowProcess(crash.process(), page);
  ShowLastRequests(crash, page);
}

}  // namespace

void AddCrashGet(Command group, Tool& tool) {
  auto request = std::make_shared<v1::GetCrashRequest>();
  Command verb = group.Verb("get", "One death: what was thrown, the request, the stack");
  verb.Argument("CRASH", *request->mutable_name(), "As crash ls shows it");
  verb.Run([&tool, request] {
    request->set_name(FullName("crashes", request->name()));
    tool.output().Print(tool.Call<v1::Crash>("Crashes.GetCrash", *request), Show);
  });
}

}  // namespace troupe::admin::cli
