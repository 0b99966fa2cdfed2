// The part of validation that is about where requests go and what the server itself answers.
// Stateless.
#pragma once

#include "runtime/config/checker.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::config {

// Hosts, paths and methods are well-formed, none is there twice, pools exist, rewrites and
// redirects use variables that their path has.
void ValidateRoutes(const v1::Config& config, Checker& checker);

// A status has one page, files can be read.
void ValidateErrorPages(const v1::Config& config, Checker& checker);

}  // namespace troupe::config
