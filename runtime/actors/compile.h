// From a checked configuration to what the actors use: pools, and the snapshot that routes requests
// to them. Any thread; before anything runs.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/actors/pool.h"
#include "runtime/actors/snapshot.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe {

Nanos ToNanos(const google::protobuf::Duration& duration);

// Sizes that are 0 (auto) become what they mean with so many reactors and processors.
PoolPolicy MakePoolPolicy(const config::v1::Pool& pool, int reactors, int cpus);

using Pools = std::vector<std::unique_ptr<Pool>>;

// One pool for each declared; `services` must outlive them. INVALID_ARGUMENT names the pool.
absl::StatusOr<Pools> MakePools(const config::v1::Config& config,
                                const std::vector<ServiceEntry>& services, int reactors, int cpus);

// INVALID_ARGUMENT names the route or the file of an error page. The pools must outlive the
// snapshot, and so must `metrics`, where its routes are counted; null counts nothing.
absl::StatusOr<std::shared_ptr<Snapshot>> MakeSnapshot(const config::v1::Config& config,
                                                       const Pools& pools,
                                                       telemetry::Metrics* metrics = nullptr);

}  // namespace troupe
