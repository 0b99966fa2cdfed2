// A caller of the admin API as the author of a change of the configuration. Pure; any thread.
#pragma once

#include "admin/access.h"
#include "admin/identity.h"
#include "runtime/live_config.h"

namespace troupe::admin {

inline LiveConfig::Author AuthorOf(const Caller& caller) {
  return {caller.name, Allows(caller.role, config::v1::Admin::ADMIN)};
}

}  // namespace troupe::admin
