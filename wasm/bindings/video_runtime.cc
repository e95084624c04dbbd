// Replaces what libvpx takes of the C library and a module without imports cannot have.
#include <sys/time.h>

#include <cstdarg>
#include <cstddef>

extern "C" {

// libvpx looks at the clock to adapt its speed, which is fixed here (codec/vp8_encoder.h), and for
// statistics that nobody reads.
int gettimeofday(timeval* time, void*) {
  *time = {};
  return 0;
}

// It asks for its debugging switches.
char* getenv(const char*) { return nullptr; }

// It words an error for every damaged frame. The status says enough, and formatting would be 20 KB.
int vsnprintf(char* text, size_t size, const char*, va_list) {
  if (size > 0) text[0] = 0;
  return 0;
}
}
