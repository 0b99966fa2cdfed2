#include "runtime/async/request.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace troupe {
namespace {

TEST(Request, DecodesQueryParameters) {
  RequestData data;
  data.head.query = "name=Ann+Lee&empty=&flag&bad=%zz&name=second";
  const Request request(&data);
  EXPECT_EQ(request.QueryParam("name"), "Ann Lee");
  EXPECT_EQ(request.QueryParam("empty"), "");
  EXPECT_EQ(request.QueryParam("flag"), "");
  EXPECT_EQ(request.QueryParam("bad"), std::nullopt);
  EXPECT_EQ(request.QueryParam("absent"), std::nullopt);
}

TEST(Request, AnswersVariablesOfTheRoute) {
  RequestData data;
  data.params.Add("name", "ann");
  const Request request(&data);
  EXPECT_EQ(request.Param("name"), "ann");
  EXPECT_EQ(request.Param("other"), "");
}

}  // namespace
}  // namespace troupe
