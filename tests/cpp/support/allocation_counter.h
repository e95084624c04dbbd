// Counts heap allocations of the whole test program, to hold real-time code to its promise. Link
// allocation_counter.cc into the program that uses it: it replaces the global operator new.
#pragma once

#include <cstdint>

namespace earshot::testing {

/// Calls of any operator new since the program started.
int64_t AllocationCount();

}  // namespace earshot::testing
