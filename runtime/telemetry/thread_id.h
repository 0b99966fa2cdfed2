// The kernel's number of the calling thread, asked for once per thread.
#pragma once

#include <sys/types.h>
#include <unistd.h>

namespace troupe::telemetry {

inline pid_t CurrentThread() {
  thread_local const pid_t id = gettid();
  return id;
}

}  // namespace troupe::telemetry
