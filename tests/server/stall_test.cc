// A handler that blocks its reactor: that reactor's connections wait, all others are served.
#include <gtest/gtest.h>

#include "tests/server/harness.h"

namespace troupe {
namespace {

// Names the reactor of each connection by whether it is answered while one of the two is stuck.
TEST(StuckReactor, NewConnectionsAreAcceptedByAnotherOne) {
  RunningServer server({"reactors.count=2"});
  Client blocker = server.NewClient();
  blocker.Send(GetRequest("/block"));
  ASSERT_TRUE(Eventually([&] { return server.stage().inside == 1; }));
  // Of many new connections about half come to the stuck reactor's socket.
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(server.NewClient().Get("/now").status, 200) << "connection " << i;
  }
  server.stage().open = true;
  EXPECT_EQ(blocker.Read().status, 200);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(server.NewClient().Get("/now").status, 200);
}

}  // namespace
}  // namespace troupe
