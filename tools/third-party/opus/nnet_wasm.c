// The kernels of libopus's networks for SIMD128, under the name by which a build with AVX2 calls them.
#define RTCD_ARCH avx2
#include "nnet_arch.h"
