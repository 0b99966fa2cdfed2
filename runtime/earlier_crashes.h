// What earlier processes have left when a signal ended them, for the one that runs now: kept in the
// folder of the server's state, the latest under fatal.1, the one before under fatal.2.
//
// Blocking; at a start, before anything else uses the folder's records.
#pragma once

#include <string>
#include <vector>

#include "runtime/telemetry/fatal_record.h"
#include "troupe/admin/v1/crashes.pb.h"

namespace troupe {

// Where a process of this folder leaves its record.
std::string FatalRecordPath(const std::string& folder);

// Puts the record that the last process has left, if it has, to those that are kept, and says so in
// one line of the log; answers them all, the oldest first. A record that cannot be read is dropped
// with a warning.
std::vector<admin::v1::Crash> TakeEarlierCrashes(const std::string& folder);

// As operators see it.
admin::v1::Crash ToCrash(const telemetry::FatalRecord& record);

}  // namespace troupe
