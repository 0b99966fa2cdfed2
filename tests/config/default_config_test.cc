#include "runtime/config/default_config.h"

#include <gtest/gtest.h>

#include "loading.h"
#include "runtime/config/values.h"

namespace troupe::config {
namespace {

v1::Config Defaults() { return LoadInputs({}).value().config; }

TEST(DefaultConfig, ServesFourPoolsOnLoopback) {
  const v1::Config config = Defaults();
  ASSERT_EQ(config.http_size(), 1);
  EXPECT_EQ(config.http(0).address(), "127.0.0.1:8080");
  ASSERT_EQ(config.pools_size(), 4);
  EXPECT_EQ(config.pools(1).service(), "respond");
  EXPECT_EQ(config.pools(1).options().at("body"), "ok");
  EXPECT_EQ(config.pools(2).options().at("delay"), "100ms");
  ASSERT_EQ(config.routes_size(), 5);
  EXPECT_EQ(config.routes(0).methods(0), "GET");
  EXPECT_TRUE(config.routes(3).methods().empty());
}

TEST(DefaultConfig, HasTheStrictLimits) {
  const v1::Limits limits = Defaults().limits();
  EXPECT_EQ(limits.request_line_bytes_max(), 8192);
  EXPECT_EQ(limits.field_bytes_max(), 8192);
  EXPECT_EQ(limits.field_name_bytes_max(), 256);
  EXPECT_EQ(limits.fields_bytes_max(), 32768);
  EXPECT_EQ(limits.fields_max(), 100);
  EXPECT_EQ(limits.body_bytes_max(), 1 << 20);
  EXPECT_EQ(limits.connections_max(), 0);
  EXPECT_EQ(limits.input_buffer_bytes_max(), 65536);
  EXPECT_EQ(limits.output_buffer_bytes_max(), 262144);
}

TEST(DefaultConfig, HasTheDocumentedTimeouts) {
  const v1::Config config = Defaults();
  EXPECT_EQ(ToDuration(config.timeouts().head()), absl::Seconds(10));
  EXPECT_EQ(ToDuration(config.timeouts().body_idle()), absl::Seconds(30));
  EXPECT_EQ(config.timeouts().body_rate_bytes_min(), 240);
  EXPECT_EQ(ToDuration(config.timeouts().keep_alive()), absl::Seconds(75));
  EXPECT_EQ(ToDuration(config.timeouts().write_stall()), absl::Seconds(30));
  EXPECT_EQ(ToDuration(config.drain().delay()), absl::ZeroDuration());
  EXPECT_EQ(ToDuration(config.drain().timeout()), absl::Seconds(20));
  EXPECT_EQ(ToDuration(config.drain().read()), absl::Seconds(1));
}

struct PlacementCase {
  std::string_view placement;
  uint32_t in_flight_max;
  uint32_t queue_max;
};

TEST(Defaults, OfAPoolFollowFromItsPlacement) {
  for (const PlacementCase& test :
       {PlacementCase{"REACTOR", 10000, 0}, PlacementCase{"SHARED", 256, 1024},
        PlacementCase{"DEDICATED", 1, 1024}}) {
    const auto loaded = LoadSets({"pools.echo.placement=" + std::string(test.placement)});
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    const v1::Pool& echo = loaded->config.pools(3);
    EXPECT_EQ(echo.in_flight_max(), test.in_flight_max) << test.placement;
    EXPECT_EQ(echo.queue_max(), test.queue_max) << test.placement;
    EXPECT_EQ(echo.workers().min(), 0) << test.placement;
  }
}

TEST(Defaults, LeaveWhatIsSetAsItIs) {
  const auto loaded = LoadSets({"pools.echo.placement=SHARED", "pools.echo.queue_max=0"});
  EXPECT_EQ(loaded->config.pools(3).queue_max(), 0);
}

TEST(Defaults, LeaveRouteOverridesUnset) {
  const v1::Config config = Defaults();
  EXPECT_FALSE(config.routes(0).has_body_bytes_max());
  EXPECT_FALSE(config.routes(0).has_request_timeout());
  EXPECT_FALSE(config.routes(0).has_redirect());
  EXPECT_EQ(config.routes(0).cancel_on_disconnect(), v1::Route::SAFE_METHODS);
}

}  // namespace
}  // namespace troupe::config
