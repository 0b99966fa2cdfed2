// A whole service: one class, one instance of it per worker.
#pragma once

#include <string>

#include "runtime/service.h"

class Hello : public troupe::Service {
 public:
  void Mount(troupe::Routes& routes) override { routes.Get("/hello/{name}", this, &Hello::Greet); }

 private:
  std::string Greet(const troupe::Request& request) {
    return "Hello, " + std::string(request.Param("name")) + "!\n";
  }
};
