// Replaces what the C++ runtime would print with, which would import file functions: a failed check
// traps, and the JavaScript side reports the trap.
#include <__verbose_abort>

// Later libc++ declares the function noexcept, and names how.
#ifndef _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#define _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#endif

_LIBCPP_BEGIN_NAMESPACE_STD
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) _LIBCPP_VERBOSE_ABORT_NOEXCEPT {
  __builtin_trap();
}
_LIBCPP_END_NAMESPACE_STD

// libopus prints before it aborts on a failed check (celt/arch.h, hardening; assert() in its
// networks). Printing would import three file functions and 20 KB of formatting, so here it is the
// trap itself.
#include <cstddef>
#include <cstdio>
#undef stderr

extern "C" {
FILE* const stderr = nullptr;
int fprintf(FILE*, const char*, ...) { __builtin_trap(); }
int fiprintf(FILE*, const char*, ...) { __builtin_trap(); }
[[noreturn]] void __assert_fail(const char*, const char*, int, const char*) { __builtin_trap(); }

// The runtime announces growth to whoever embeds it; here JavaScript compares buffers instead.
void emscripten_notify_memory_growth(size_t) {}
}
