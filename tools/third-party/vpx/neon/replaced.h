// Functions that Earshot has of its own (wasm/codec/vp8_kernels_*.cc): libvpx's go by another name, so that what calls them, which
// does not include arm_neon.h, is linked with ours. The tests and benchmarks hold one against the other.
#ifndef EARSHOT_VPX_REPLACED_H_
#define EARSHOT_VPX_REPLACED_H_

#define vp8_short_fdct4x4_neon libvpx_short_fdct4x4_neon
#define vp8_short_fdct8x4_neon libvpx_short_fdct8x4_neon
#define vpx_mse16x16_neon libvpx_mse16x16_neon
#define vpx_variance8x8_neon libvpx_variance8x8_neon
#define vpx_variance8x16_neon libvpx_variance8x16_neon
#define vpx_variance16x8_neon libvpx_variance16x8_neon
#define vpx_variance16x16_neon libvpx_variance16x16_neon

#endif  // EARSHOT_VPX_REPLACED_H_
