#include "runtime/reactor/actor_system.h"

namespace troupe {

ActorSystem::Config::Config() {
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", 1);
  set("logger.verbosity", caf::atom("quiet"));
}

ActorSystem::ActorSystem() : system_(config_) {}

}  // namespace troupe
