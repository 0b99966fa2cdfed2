#include "admin/cli/output.h"

#include <iostream>

#include "admin/cli/format.h"
#include "admin/cli/tree.h"

namespace troupe::admin::cli {

void Output::PrintTree(const google::protobuf::Message& message, bool one_of_many) {
  if (format_ == "yaml") {
    streams_.data << (one_of_many ? "---\n" : "") << ToYaml(message) << std::endl;
  } else {
    streams_.data << ToJson(message, /*indented=*/!one_of_many) << std::endl;
  }
}

void Output::PrintText(std::string_view text) {
  streams_.data << Printable(text, /*lines=*/true) << std::flush;
}

void Output::PrintPage(const Page& page) {
  streams_.data << page.text() << std::flush;
  for (const std::string& remark : page.remarks()) Say(remark);
}

void Output::Say(std::string_view sentence) {
  streams_.words << Printable(sentence, /*lines=*/true) << std::endl;
}

void Output::Redraw() {
  if (!for_people()) return;
  streams_.data << (streams_.data_is_terminal ? "\x1b[H\x1b[J" : "\n");
}

bool Output::Ask(std::string_view question, bool otherwise) {
  if (!streams_.can_ask) return otherwise;
  streams_.words << question << " [y/N] " << std::flush;
  std::string answer;
  return std::getline(std::cin, answer) && !answer.empty() &&
         (answer[0] == 'y' || answer[0] == 'Y');
}

}  // namespace troupe::admin::cli
