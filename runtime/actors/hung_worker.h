// What is done for the requests of a worker that hangs, on their home reactors: the crash record
// gets what the culprit asked for, and where the worker is left behind all that it has begun is
// answered without it.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/actors/pool.h"

namespace troupe {

struct HungWorker {
  std::vector<Reactor*> reactors;
  Pool& pool;
  uint64_t worker;
  uint64_t request;  // the culprit
  uint64_t record;   // in the pool's crash log
  bool left_behind;
};

// Any thread; takes effect in a later turn of each reactor. The pool and the reactors outlive that.
void AnswerForHung(const HungWorker& hung);

}  // namespace troupe
