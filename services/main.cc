// trouped: the server with the built-in services.
#include "runtime/program/main.h"

#include "runtime/config/default_config.h"
#include "services/echo.h"
#include "services/respond.h"
#include "services/welcome.h"

int main(int argc, char** argv) {
  return troupe::RunProgram(
      {"trouped", "Serves HTTP from supervised pools of service actors.",
       troupe::config::DefaultConfig()},
      argc, argv,
      {troupe::Provide<troupe::Welcome>("welcome", "what runs here, and what to try"),
       troupe::Provide<troupe::Respond>("respond", "one fixed answer: status, fields, body, delay"),
       troupe::Provide<troupe::Echo>("echo", "the request as it was understood")});
}
