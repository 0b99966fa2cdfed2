// The service `welcome` says at GET / what runs here and what to try: the first page of a trouped
// without configuration. Its lines name the routes of that embedded configuration.
#pragma once

#include <string>

#include "runtime/service.h"

namespace troupe {

class Welcome : public Service {
 public:
  void Mount(Routes& routes) override;

 private:
  std::string Greet(const Request& request);
};

}  // namespace troupe
