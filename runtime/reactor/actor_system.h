// CAF's actor system as this project uses it: it gives actors ids and identities, while our
// reactors and executors run them. Built and destroyed on one thread, after the signals are blocked
// and before anything else is started.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

namespace troupe {

class ActorSystem {
 public:
  ActorSystem();
  caf::actor_system& get() { return system_; }

 private:
  // CAF's own threads carry nothing of ours; the policy `sharing` costs nothing while idle.
  class Config final : public caf::actor_system_config {
   public:
    Config();
  };

  Config config_;
  caf::actor_system system_;
};

}  // namespace troupe
