// Replaces what openh264 takes of the C library and a module without imports cannot have, besides
// what video_runtime.cc does.
#include <ctime>

extern "C" {

// openh264 measures for its statistics how long it took, and for deadlines of threads it has not.
int clock_gettime(clockid_t, timespec* time) {
  *time = {};
  return 0;
}
}
