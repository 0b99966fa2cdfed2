// Fairness among the clients of a queue (start-time fair queueing, Goyal et al. 1996): each request
// gets a tag when it is queued, and the queue serves the lowest tag first. A client that queues
// many requests gets ever later tags; one that queues few stays near the front, whatever others do.
//
// Clients are told apart by hash in a fixed number of slots. Two that share a slot share its turn;
// a seed that is not known outside keeps a client from choosing whom it shares with.
//
// One thread; deterministic; no allocation after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe::policy {

class FairShare {
 public:
  // `slots` is at least 1.
  FairShare(size_t slots, uint64_t seed) : next_tags_(slots, 0), seed_(seed) {}

  // The tag of a request that `client` (a hash of its address) queues now.
  uint64_t Tag(uint64_t client);
  // The request of that tag was taken to be served.
  void OnTaken(uint64_t tag);
  // A request of `client` left the queue without being served: its turn is given back.
  void OnDropped(uint64_t client);

 private:
  uint64_t& NextTag(uint64_t client);

  std::vector<uint64_t> next_tags_;  // by slot; behind virtual_time_: the client has nothing queued
  uint64_t seed_;
  uint64_t virtual_time_ = 0;  // the highest tag taken
};

}  // namespace troupe::policy
