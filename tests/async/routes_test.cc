#include "runtime/async/routes.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>

#include "tests/async/fake_runner.h"

namespace troupe {
namespace {

class Greeter {
 public:
  std::string Greet() { return "hello"; }
};

TEST(Routes, KeepMethodsAndPatternInTheOrderOfMounting) {
  using http::Method;
  using http::MethodSet;
  Greeter greeter;
  Routes routes;
  routes.Get("/get", &greeter, &Greeter::Greet);
  routes.Head("/head", &greeter, &Greeter::Greet);
  routes.Post("/post", &greeter, &Greeter::Greet);
  routes.Put("/put", &greeter, &Greeter::Greet);
  routes.Patch("/patch", &greeter, &Greeter::Greet);
  routes.Delete("/delete", &greeter, &Greeter::Greet);
  routes.Options("/options", &greeter, &Greeter::Greet);
  routes.Any("/any", &greeter, &Greeter::Greet);
  MethodSet both(Method::kGet);
  both.Add(Method::kPost);
  routes.Handle(both, "/both", &greeter, &Greeter::Greet);

  const struct {
    std::string pattern;
    MethodSet methods;
  } expected[] = {
      {"/get", MethodSet(Method::kGet)},
      {"/head", MethodSet(Method::kHead)},
      {"/post", MethodSet(Method::kPost)},
      {"/put", MethodSet(Method::kPut)},
      {"/patch", MethodSet(Method::kPatch)},
      {"/delete", MethodSet(Method::kDelete)},
      {"/options", MethodSet(Method::kOptions)},
      {"/any", MethodSet()},
      {"/both", both},
  };
  ASSERT_EQ(routes.routes().size(), std::size(expected));
  for (size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(routes.routes()[i].pattern, expected[i].pattern);
    EXPECT_EQ(routes.routes()[i].methods, expected[i].methods) << expected[i].pattern;
  }
}

TEST(Routes, CallTheServiceTheyWereMountedFor) {
  Greeter greeter;
  Routes routes;
  routes.Get("/", &greeter, &Greeter::Greet);
  FakeExchange exchange;
  EXPECT_FALSE(routes.routes()[0].handler->Call(exchange.context).valid());
  EXPECT_EQ(exchange.context.response.body(), "hello");
}

// What the compiler says to a handler of a wrong signature.
std::string CompilerOutput(const std::string& file) {
  const std::string command =
      std::string("c++ -std=c++20 -fsyntax-only -I" TROUPE_SOURCE_DIR " -x c++ ") +
      TROUPE_SOURCE_DIR "/tests/async/" + file + " 2>&1";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  char buffer[4096];
  while (const size_t size = fread(buffer, 1, sizeof(buffer), pipe.get()))
    output.append(buffer, size);
  return output;
}

TEST(Routes, RefuseAWrongSignatureWithOneSentence) {
  const std::string output = CompilerOutput("wrong_signature.cc.txt");
  EXPECT_NE(output.find("A handler is a member function that takes"), std::string::npos) << output;
  const size_t first = output.find("error:");
  ASSERT_NE(first, std::string::npos) << output;
  EXPECT_EQ(output.find("error:", first + 1), std::string::npos) << output;
}

}  // namespace
}  // namespace troupe
