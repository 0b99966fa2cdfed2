#include "services/samples/hello/hello.h"

#include <gtest/gtest.h>

#include "runtime/testing.h"

TEST(Hello, GreetsByName) {
  troupe::TestApp<Hello> app;
  EXPECT_EQ(app.Get("/hello/ann").body(), "Hello, ann!\n");
}

TEST(Hello, KnowsNothingElse) {
  troupe::TestApp<Hello> app;
  EXPECT_EQ(app.Get("/hello/").status(), 404);
  EXPECT_EQ(app.Post("/hello/ann", "").status(), 405);
}
