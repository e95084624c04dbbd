// What the modules of this folder share: how C++ results become numbers, and what replaces the
// parts of the C and C++ runtimes that would import something.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "base/status.h"
#include "bindings/abi.h"

namespace earshot {

inline int ToInt(const Status& status) { return ToInt(status.code()); }

/// A parameter's value as an integer; values no int holds become -1, which no parameter takes.
inline int ToIntParam(double value) {
  return value >= -1e9 && value <= 1e9 ? static_cast<int>(std::lround(value)) : -1;
}

/// Statistics as they cross: in the order of their enum.
template <typename Stat>
using StatArray = std::array<double, static_cast<std::size_t>(Stat::kCount)>;

}  // namespace earshot
