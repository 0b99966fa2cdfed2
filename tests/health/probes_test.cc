#include "admin/health/probes.h"

#include <gtest/gtest.h>

namespace troupe::admin {
namespace {

using Phase = HealthState::Phase;

HealthState In(Phase phase) {
  HealthState state;
  state.phase = phase;
  return state;
}

TEST(Probes, AllPassWhileTheServerServes) {
  const HealthState state = In(Phase::kServing);
  EXPECT_TRUE(Pass(LivenessChecks(state)));
  EXPECT_TRUE(Pass(ReadinessChecks(state)));
  EXPECT_TRUE(Pass(StartupChecks(state)));
}

TEST(Probes, ServerThatStartsIsAliveAndNeitherReadyNorStarted) {
  const HealthState state = In(Phase::kStarting);
  EXPECT_TRUE(Pass(LivenessChecks(state)));
  EXPECT_EQ(Failures(ReadinessChecks(state)), "the server is starting");
  EXPECT_EQ(Failures(StartupChecks(state)), "the server is starting");
}

TEST(Probes, ServerThatDrainsIsAliveAndStartedAndNotReady) {
  const HealthState state = In(Phase::kDraining);
  EXPECT_TRUE(Pass(LivenessChecks(state)));
  EXPECT_EQ(Failures(ReadinessChecks(state)), "the server is draining");
  EXPECT_TRUE(Pass(StartupChecks(state)));
}

TEST(Probes, FailedCriticalPoolsAreNamedByReadinessAndDoNotEndTheProcess) {
  HealthState state = In(Phase::kServing);
  state.failed_critical_pools = {"api", "login"};
  EXPECT_TRUE(Pass(LivenessChecks(state)));
  EXPECT_EQ(Failures(ReadinessChecks(state)), "critical pools fail: api, login");
}

TEST(Probes, WhatOnlyANewProcessCuresFailsLivenessAlone) {
  HealthState state = In(Phase::kServing);
  state.fatal = {"reactor 1 is blocked for 61 s", "another thing"};
  EXPECT_EQ(Failures(LivenessChecks(state)), "reactor 1 is blocked for 61 s; another thing");
  EXPECT_TRUE(Pass(ReadinessChecks(state)));
}

TEST(Probes, ListingHasALineForEachCheck) {
  EXPECT_EQ(Listing({{"one", ""}, {"two", "is broken"}}), "[+] one: ok\n[-] two: is broken\n");
}

}  // namespace
}  // namespace troupe::admin
