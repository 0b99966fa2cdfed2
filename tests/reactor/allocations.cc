#include "tests/reactor/allocations.h"

#include <cstdlib>
#include <new>

namespace troupe {
namespace {

thread_local uint64_t allocations = 0;

}  // namespace

uint64_t AllocationsOnThisThread() { return allocations; }

}  // namespace troupe

void* operator new(size_t size) {
  ++troupe::allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
