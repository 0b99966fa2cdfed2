#include "admin/health/health_board.h"

namespace troupe::admin {

void HealthBoard::Attach(Server& server) {
  absl::MutexLock lock(&mutex_);
  server_ = &server;
}

void HealthBoard::Detach() {
  absl::MutexLock lock(&mutex_);
  server_ = nullptr;
  ended_ = true;
}

std::optional<ServerStats> HealthBoard::Stats() const {
  absl::MutexLock lock(&mutex_);
  if (server_ == nullptr) return std::nullopt;
  return server_->Stats();
}

uint64_t HealthBoard::BeginCensus() const {
  absl::MutexLock lock(&mutex_);
  return server_ == nullptr ? 0 : server_->census().Begin();
}

bool HealthBoard::CensusIsDone(uint64_t count) const {
  absl::MutexLock lock(&mutex_);
  return server_ == nullptr || server_->census().IsDone(count);
}

HealthState HealthBoard::State() const {
  absl::MutexLock lock(&mutex_);
  if (server_ != nullptr) return server_->Health();
  HealthState state;
  if (ended_) state.phase = HealthState::Phase::kDraining;
  return state;
}

}  // namespace troupe::admin
