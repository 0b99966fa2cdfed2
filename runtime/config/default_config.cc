#include "runtime/config/default_config.h"

namespace troupe::config {

std::string_view DefaultConfig() {
  return R"(http:
  - address: 127.0.0.1:8080
pools:
  - name: welcome
    service: welcome
  - name: health
    service: respond
    options: {body: ok}
  - name: slow
    service: respond
    options: {body: ok, delay: 100ms}
  - name: echo
    service: echo
routes:
  - {methods: [GET], path: /, pool: welcome}
  - {methods: [GET], path: /health, pool: health}
  - {methods: [GET], path: /slow, pool: slow}
  - {path: /echo, pool: echo}
  - {path: /echo/*, pool: echo}
)";
}

}  // namespace troupe::config
