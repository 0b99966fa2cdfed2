// The verbs that list: filter, order, limit and --watch, page after page. One thread.
#pragma once

#include <algorithm>
#include <climits>
#include <functional>
#include <memory>
#include <string>

#include "admin/cli/format.h"
#include "admin/cli/tool.h"

namespace troupe::admin::cli {

inline constexpr int kPageSizeMax = 1000;

struct ListOptions {
  std::string filter;
  std::string order_by;
  int limit = 100;
  std::optional<absl::Duration> watch;
};

// What the answer does not hold, in words.
template <typename Response>
void SayWhatIsMissing(const Response& response, int shown, Tool& tool) {
  if constexpr (requires { response.total_size(); }) {
    if (shown < response.total_size()) {
      tool.output().Say(Of(shown, response.total_size()) + " shown; --limit 0 shows all");
    }
  }
  if constexpr (requires { response.unresponsive(); }) {
    for (const std::string& part : response.unresponsive()) {
      tool.output().Say(part + " did not answer in time; what it holds is missing here");
    }
  }
}

// All pages up to the limit as one answer; the first where there is only one.
template <typename Request, typename Response>
Response FetchList(Tool& tool, const std::string& method, Request request,
                   const ListOptions& options, int (Response::*size)() const) {
  const int limit = options.limit == 0 ? INT_MAX : options.limit;
  request.set_page_size(std::min(limit, kPageSizeMax));
  auto all = tool.Call<Response>(method, request);
  if constexpr (requires { all.next_page_token(); }) {
    while (!all.next_page_token().empty() && (all.*size)() < limit) {
      request.set_page_size(std::min(limit - (all.*size)(), kPageSizeMax));
      request.set_page_token(all.next_page_token());
      all.clear_next_page_token();
      if constexpr (requires { all.clear_unresponsive(); }) all.clear_unresponsive();
      all.MergeFrom(tool.Call<Response>(method, request));
    }
  }
  return all;
}

// Gives `verb` the options that Request has room for, and lets it list. `size` counts what a
// response holds; `prepare` sets what else the request needs.
template <typename Request, typename Response>
void AddListing(
    Command verb, Tool& tool, const std::string& method, int (Response::*size)() const,
    void (*render)(const Response&, Page&),
    const std::function<void(Request&)>& prepare = [](Request&) {}) {
  auto options = std::make_shared<ListOptions>();
  verb.Option("--filter", "FILTER", options->filter,
              "Only what matches, over the fields of -o json: 'age > 5s AND route = \"/a\"'");
  if constexpr (requires(Request request) { request.set_order_by(""); }) {
    verb.Option("--order", "FIELDS", options->order_by, "In this order: 'age desc, name'");
  }
  verb.Option("--limit", "N", options->limit, "At most so many (100); 0: all");
  verb.Watch(options->watch, "Again every second, or every INTERVAL with --watch=INTERVAL");
  verb.Run([=, &tool] {
    Request request;
    prepare(request);
    request.set_filter(options->filter);
    if constexpr (requires { request.set_order_by(""); }) request.set_order_by(options->order_by);
    tool.Repeat(options->watch, [&] {
      const Response response = FetchList(tool, method, request, *options, size);
      tool.output().Print(response, render);
      SayWhatIsMissing(response, (response.*size)(), tool);
    });
  });
}

}  // namespace troupe::admin::cli
