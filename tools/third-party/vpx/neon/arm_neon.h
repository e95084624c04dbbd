// The part of Arm's NEON that libvpx's VP8 uses, in terms of WebAssembly's SIMD128: libvpx's code for arm64 is C with these
// intrinsics, its code for x86 is assembler. Found in the place of the compiler's header of this name when libvpx is built.
//
// Every vector is a v128_t. One of 64 bits is the lower half of it, and what lies in the upper half means nothing: so the two
// widths share most operations, a lower half costs nothing to take, and reinterpreting is only a change of name.
#ifndef EARSHOT_VPX_ARM_NEON_H_
#define EARSHOT_VPX_ARM_NEON_H_

#include <stdint.h>
#include <wasm_simd128.h>

#define EARSHOT_INLINE static __inline__ __attribute__((__always_inline__, __nodebug__))

typedef v128_t int8x8_t, int16x4_t, int32x2_t, int64x1_t, uint8x8_t, uint16x4_t, uint32x2_t, uint64x1_t;
typedef v128_t int8x16_t, int16x8_t, int32x4_t, int64x2_t, uint8x16_t, uint16x8_t, uint32x4_t, uint64x2_t;

typedef struct { v128_t val[2]; } earshot_two;
typedef struct { v128_t val[3]; } earshot_three;
typedef struct { v128_t val[4]; } earshot_four;
typedef earshot_two int8x8x2_t, int16x4x2_t, int32x2x2_t, uint8x8x2_t, uint16x4x2_t, uint32x2x2_t;
typedef earshot_two int8x16x2_t, int16x8x2_t, int32x4x2_t, int64x2x2_t, uint8x16x2_t, uint16x8x2_t, uint32x4x2_t;
typedef earshot_three uint8x16x3_t;
typedef earshot_four uint8x8x4_t, uint8x16x4_t;

EARSHOT_INLINE earshot_two earshot_pair(v128_t a, v128_t b) { return (earshot_two){{a, b}}; }

#include "arithmetic.h"
#include "memory.h"
#include "permutation.h"
#include "replaced.h"

#endif  // EARSHOT_VPX_ARM_NEON_H_
