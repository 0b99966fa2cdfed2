// THE header for writing a service; docs/SERVICES.md shows how, services/samples/hello is a whole
// one.
//
//   class Hello : public troupe::Service {
//    public:
//     void Mount(troupe::Routes& routes) override { routes.Get("/hello/{name}", this,
//     &Hello::Greet); }
//
//    private:
//     std::string Greet(const troupe::Request& request) { return "Hello, " +
//     std::string(request.Param("name")) + "!\n"; }
//   };
//
//   int main(int argc, char** argv) { return troupe::Main(argc, argv,
//   {troupe::Provide<Hello>("hello")}); }
#pragma once

#include <vector>

#include "runtime/async/context.h"
#include "runtime/async/request.h"
#include "runtime/async/routes.h"
#include "runtime/async/service_entry.h"
#include "runtime/async/service_options.h"
#include "runtime/async/task.h"
#include "runtime/http/response.h"

namespace troupe {

// The whole server in one call: reads flags, environment and configuration, serves the services
// until SIGTERM or SIGINT, drains, and returns what the process should exit with. Service names
// must be distinct.
int Main(int argc, char** argv, std::vector<ServiceEntry> services);

}  // namespace troupe
