// The service `echo` shows a client what the server understood: request line and fields as
// text/plain, and the body too when the query has `body`, as in /echo?body. Every method, every
// path.
//
// Options: mode. `request` (the default) does the above; `body` answers just the body, under the
// request's Content-Type where a browser would not run it: for clients that want their bytes back.
#pragma once

#include "runtime/service.h"

namespace troupe {

class Echo : public Service {
 public:
  explicit Echo(ServiceOptions& options);

  void Mount(Routes& routes) override;

 private:
  Response ShowRequest(const Request& request);
  Response ReturnBody(const Request& request);

  bool body_only_;
};

}  // namespace troupe
