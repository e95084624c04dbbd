// The kernels of libopus's networks for SIMD128, under the names by which a build with AVX2 calls them: all as libopus writes them
// for SSE4.1, but for the products with 8-bit matrices, in which its networks spend two thirds of their time.
#define RTCD_ARCH avx2
#define compute_linear_avx2 compute_linear_sse  // Taken out of the way; unused but for matrices of floats.
#include "nnet_arch.h"
#undef compute_linear_avx2

#include "nnet_kernels.h"

void compute_linear_avx2(const LinearLayer* linear, float* out, const float* in) {
  if (linear->float_weights != NULL || linear->weights == NULL) {
    compute_linear_sse(linear, out, in);
    return;
  }
  const int inputs = linear->nb_inputs;
  const int outputs = linear->nb_outputs;
  if (linear->weights_idx != NULL) {
    earshot_multiply_sparse(out, linear->weights, linear->weights_idx, linear->scale, outputs, inputs, in);
  } else {
    earshot_multiply(out, linear->weights, linear->scale, outputs, inputs, in);
  }
  // Not the biases for unsigned inputs.
  if (linear->bias != NULL) {
    for (int i = 0; i < outputs; i++) out[i] += linear->bias[i];
  }
  // Of the recurrent weights of a GRU: three gates of as many as there are inputs.
  if (linear->diag != NULL) {
    for (int gate = 0; gate < outputs; gate += inputs) {
      for (int i = 0; i < inputs; i++) out[gate + i] += linear->diag[gate + i] * in[i];
    }
  }
}
