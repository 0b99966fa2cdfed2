// Where what troupectl prints goes: data to one stream, words for people to the other, in the form
// that was asked for. One thread.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "admin/cli/page.h"
#include "google/protobuf/message.h"

namespace troupe::admin::cli {

class Output {
 public:
  struct Streams {
    std::ostream& data;
    std::ostream& words;
    bool data_is_terminal = false;  // it can be redrawn
    bool colour = false;
    bool can_ask = false;  // a person can be asked on standard input
  };

  explicit Output(const Streams& streams) : streams_(streams) {}

  // "table", "json" or "yaml"; the option of the command line.
  std::string& format() { return format_; }

  // One answer, as `render` shows it or whole for programs.
  template <typename Answer>
  void Print(const Answer& answer, void (*render)(const Answer&, Page&)) {
    if (!for_people()) return PrintTree(answer, /*one_of_many=*/false);
    Page page(streams_.colour);
    render(answer, page);
    PrintPage(page);
  }

  // One of a stream: a line of JSON, a document of YAML.
  template <typename Answer>
  void PrintNext(const Answer& answer, void (*render)(const Answer&, Page&)) {
    if (!for_people()) return PrintTree(answer, /*one_of_many=*/true);
    Print(answer, render);
  }

  // For what has no form for people.
  void PrintTree(const google::protobuf::Message& message, bool one_of_many);

  void PrintText(std::string_view text);
  void PrintPage(const Page& page);

  // A sentence for people.
  void Say(std::string_view sentence);

  // Makes room for the next picture of --watch.
  void Redraw();

  // What a person answered with y; `otherwise` where there is none to ask.
  bool Ask(std::string_view question, bool otherwise);

  bool colour() const { return streams_.colour; }
  std::ostream& data() { return streams_.data; }

 private:
  bool for_people() const { return format_ == "table"; }

  Streams streams_;
  std::string format_ = "table";
};

}  // namespace troupe::admin::cli
