// Random numbers for simulations: the same ones with every standard library, which its own
// distributions are not.
#pragma once

#include <cmath>
#include <random>

namespace troupe::policy {

// From [0, 1).
inline double Uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

// Of mean 1.
inline double Exponential(std::mt19937_64& random) { return -std::log1p(-Uniform(random)); }

}  // namespace troupe::policy
