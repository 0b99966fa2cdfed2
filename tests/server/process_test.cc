#include "runtime/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace troupe {
namespace {

TEST(Process, ADescriptorCountsWhileItIsOpen) {
  const uint64_t before = ReadProcess().open_descriptors;
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(ReadProcess().open_descriptors, before + 1);
  close(fd);
  EXPECT_EQ(ReadProcess().open_descriptors, before);
}

}  // namespace
}  // namespace troupe
