#include "runtime/async/service_entry.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace troupe {
namespace {

using Values = ServiceOptions::Values;

class Plain : public Service {
 public:
  void Mount(Routes&) override {}
};

class Configured : public Service {
 public:
  explicit Configured(ServiceOptions& options) : size(options.Int("size", 1, 1, 9)) {}
  void Mount(Routes&) override {}
  int64_t size;
};

class Created : public Service {
 public:
  static absl::StatusOr<std::unique_ptr<Created>> Create(ServiceOptions& options) {
    if (options.String("file", "").empty()) return absl::NotFoundError("There is no file.");
    return std::make_unique<Created>();
  }
  void Mount(Routes&) override {}
};

TEST(Provide, NamesTheService) {
  const ServiceEntry entry = Provide<Plain>("plain", "does nothing");
  EXPECT_EQ(entry.name, "plain");
  EXPECT_EQ(entry.description, "does nothing");
}

TEST(Provide, MakesAServiceWithoutOptions) {
  ServiceOptions options({});
  EXPECT_NE(dynamic_cast<Plain*>(Provide<Plain>("plain").make(options)->get()), nullptr);
}

TEST(Provide, GivesTheOptionsToTheConstructor) {
  ServiceOptions options(Values{{"size", "7"}});
  absl::StatusOr<std::unique_ptr<Service>> service =
      Provide<Configured>("configured").make(options);
  ASSERT_TRUE(service.ok());
  EXPECT_EQ(static_cast<Configured&>(**service).size, 7);
}

TEST(Provide, MakesAServiceThroughCreateWhereThereIsOne) {
  ServiceOptions options(Values{{"file", "a.txt"}});
  EXPECT_TRUE(Provide<Created>("created").make(options).ok());
}

TEST(Provide, PassesTheErrorOfCreateOn) {
  ServiceOptions options({});
  EXPECT_EQ(Provide<Created>("created").make(options).status(),
            absl::NotFoundError("There is no file."));
}

TEST(Provide, RefusesOptionsThatAreWrongOrUnknown) {
  ServiceOptions wrong(Values{{"size", "10"}});
  EXPECT_EQ(Provide<Configured>("configured").make(wrong).status().code(),
            absl::StatusCode::kInvalidArgument);
  ServiceOptions unknown(Values{{"size", "1"}, {"colour", "red"}});
  EXPECT_EQ(Provide<Configured>("configured").make(unknown).status().code(),
            absl::StatusCode::kInvalidArgument);
  ServiceOptions any(Values{{"size", "1"}});
  EXPECT_EQ(Provide<Plain>("plain").make(any).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace troupe
