// Counts the connections by phase, when somebody asks: each reactor walks its own. So requests pay
// nothing for it, and who asks decides how long to wait.
//
// Any thread, while the fronts' reactors live; a count that is asked for ends before they do.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "runtime/actors/front.h"

namespace troupe {

class Census {
 public:
  struct Count {
    std::string phase;  // as in admin.v1.Connection
    int64_t connections = 0;
  };

  explicit Census(const std::vector<Front*>& fronts);

  // Has every reactor count anew. The number names this count.
  uint64_t Begin();
  // Whether all reactors have counted since.
  bool IsDone(uint64_t count) const;
  // The sums of what each has counted last; of every phase.
  std::vector<Count> Read() const;

 private:
  static constexpr size_t kPhases = 6;  // the first stands for none

  // What one reactor has counted. Written by it.
  struct Part {
    explicit Part(Front& front) : front(front) {}
    void Walk(uint64_t count);

    Front& front;
    std::array<std::atomic<int64_t>, kPhases> phases{};
    std::atomic<uint64_t> counted{0};
  };

  std::list<Part> parts_;
  std::atomic<uint64_t> begun_{0};
};

}  // namespace troupe
