#include "services/samples/hello/hello.h"

int main(int argc, char** argv) {
  return troupe::Main(argc, argv, {troupe::Provide<Hello>("hello")});
}
