// Who may call what: one table of all methods. Default deny: a method that is not in it is refused.
// Constant; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "troupe/config/v1/config.pb.h"

namespace troupe::admin {

using Role = config::v1::Admin::Role;

struct MethodRule {
  std::string_view method;  // "/troupe.admin.v1.Server/GetStatus"
  Role role;                // the least that may call it
  bool changes;             // recorded in the audit log
};

const std::vector<MethodRule>& MethodRules();
// Null: nobody may.
const MethodRule* RuleFor(std::string_view method);

// Roles rise: each may what those before it may. ROLE_UNSPECIFIED may nothing.
bool Allows(Role has, Role needs);

}  // namespace troupe::admin
