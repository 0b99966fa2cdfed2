#include <http_parser.h>

#include "tests/fuzz/peers.h"

namespace troupe::fuzz {
namespace {

Reading& ReadingOf(http_parser* parser) { return *static_cast<Reading*>(parser->data); }

// An offer to speak another protocol is one that a server need not take; then what follows is HTTP.
int IgnoreUpgrade(http_parser* parser) {
  parser->upgrade = 0;
  return 0;
}

int TakeBody(http_parser* parser, const char* data, size_t size) {
  ReadingOf(parser).body.append(data, size);
  return 0;
}

int StopBehindRequest(http_parser* parser) {
  ReadingOf(parser).end = Reading::End::kWhole;
  http_parser_pause(parser, 1);
  return 0;
}

}  // namespace

Reading ReadWithHttpParser(std::string_view bytes) {
  http_parser_settings settings;
  http_parser_settings_init(&settings);
  settings.on_headers_complete = IgnoreUpgrade;
  settings.on_body = TakeBody;
  settings.on_message_complete = StopBehindRequest;
  Reading reading;
  http_parser parser;
  http_parser_init(&parser, HTTP_REQUEST);
  parser.data = &reading;
  const size_t size = http_parser_execute(&parser, &settings, bytes.data(), bytes.size());
  if (reading.end == Reading::End::kWhole) {
    reading.size = size;
    return reading;
  }
  const http_errno error = HTTP_PARSER_ERRNO(&parser);
  if (error == HPE_OK) return {};
  return {Reading::End::kRefused, 0, "", http_errno_description(error)};
}

}  // namespace troupe::fuzz
