// The passes of a Stockham (self-sorting) mixed-radix complex FFT on split real and imaginary
// parts, four lanes wide.
//
// A pass of radix R turns sub-transforms of length n into R times as many of length m = n/R. With s
// = the product of the radices before it, for every p < m and q < s (decimation in frequency):
//   y[q + s(R·p + k)] = w^(p·k) · Σ_j x[q + s(p + m·j)] · exp(−2πi·jk/R),   w = exp(−2πi/n).
// C. Van Loan, "Computational Frameworks for the Fast Fourier Transform", SIAM 1992, §1.7 and §2.4.
// The first pass (s = 1) has radix 4 and takes four p at once, so that every later pass finds s
// divisible by four and takes four q at once with one twiddle for all lanes.
#pragma once

#include "dsp/simd.h"

namespace earshot::fft {

/// Where a pass reads and writes: separate arrays of real and imaginary parts …
struct SplitInput {
  const float* re;
  const float* im;
  void Load(int index, Float4& re_out, Float4& im_out) const {
    re_out = Load4(re + index);
    im_out = Load4(im + index);
  }
};
struct SplitOutput {
  float* re;
  float* im;
  void Store(int index, Float4 re_in, Float4 im_in) const {
    Store4(re + index, re_in);
    Store4(im + index, im_in);
  }
};

/// … or complex numbers one after the other.
struct InterleavedInput {
  const float* data;
  void Load(int index, Float4& re_out, Float4& im_out) const {
    const Float4 low = Load4(data + 2 * index);
    const Float4 high = Load4(data + 2 * index + 4);
    re_out = Even4(low, high);
    im_out = Odd4(low, high);
  }
};
/// Stores im before re: the inverse transform runs the forward passes on values with re and im
/// exchanged.
struct ExchangedInterleavedOutput {
  float* data;
  void Store(int index, Float4 re_in, Float4 im_in) const {
    Store4(data + 2 * index, InterleaveLow4(im_in, re_in));
    Store4(data + 2 * index + 4, InterleaveHigh4(im_in, re_in));
  }
};

/// In-place DFT of R values.
template <int R>
inline void Butterfly(Float4* re, Float4* im);

template <>
inline void Butterfly<2>(Float4* re, Float4* im) {
  const Float4 re1 = re[1];
  const Float4 im1 = im[1];
  re[1] = re[0] - re1;
  im[1] = im[0] - im1;
  re[0] += re1;
  im[0] += im1;
}

template <>
inline void Butterfly<3>(Float4* re, Float4* im) {
  constexpr float kSin60 = 0.866025403784438647f;
  const Float4 sum_re = re[1] + re[2];
  const Float4 sum_im = im[1] + im[2];
  const Float4 turned_re = (im[1] - im[2]) * kSin60;
  const Float4 turned_im = (re[2] - re[1]) * kSin60;
  const Float4 mid_re = re[0] - sum_re * 0.5f;
  const Float4 mid_im = im[0] - sum_im * 0.5f;
  re[0] += sum_re;
  im[0] += sum_im;
  re[1] = mid_re + turned_re;
  im[1] = mid_im + turned_im;
  re[2] = mid_re - turned_re;
  im[2] = mid_im - turned_im;
}

template <>
inline void Butterfly<4>(Float4* re, Float4* im) {
  const Float4 sum02_re = re[0] + re[2];
  const Float4 sum02_im = im[0] + im[2];
  const Float4 diff02_re = re[0] - re[2];
  const Float4 diff02_im = im[0] - im[2];
  const Float4 sum13_re = re[1] + re[3];
  const Float4 sum13_im = im[1] + im[3];
  const Float4 diff13_re = re[1] - re[3];
  const Float4 diff13_im = im[1] - im[3];
  re[0] = sum02_re + sum13_re;
  im[0] = sum02_im + sum13_im;
  re[1] = diff02_re + diff13_im;
  im[1] = diff02_im - diff13_re;
  re[2] = sum02_re - sum13_re;
  im[2] = sum02_im - sum13_im;
  re[3] = diff02_re - diff13_im;
  im[3] = diff02_im + diff13_re;
}

template <>
inline void Butterfly<5>(Float4* re, Float4* im) {
  constexpr float kCos72 = 0.309016994374947424f;
  constexpr float kCos144 = -0.809016994374947424f;
  constexpr float kSin72 = 0.951056516295153572f;
  constexpr float kSin144 = 0.587785252292473129f;
  const Float4 sum14_re = re[1] + re[4];
  const Float4 sum14_im = im[1] + im[4];
  const Float4 diff14_re = re[1] - re[4];
  const Float4 diff14_im = im[1] - im[4];
  const Float4 sum23_re = re[2] + re[3];
  const Float4 sum23_im = im[2] + im[3];
  const Float4 diff23_re = re[2] - re[3];
  const Float4 diff23_im = im[2] - im[3];
  const Float4 even1_re = re[0] + sum14_re * kCos72 + sum23_re * kCos144;
  const Float4 even1_im = im[0] + sum14_im * kCos72 + sum23_im * kCos144;
  const Float4 even2_re = re[0] + sum14_re * kCos144 + sum23_re * kCos72;
  const Float4 even2_im = im[0] + sum14_im * kCos144 + sum23_im * kCos72;
  const Float4 odd1_re = diff14_re * kSin72 + diff23_re * kSin144;
  const Float4 odd1_im = diff14_im * kSin72 + diff23_im * kSin144;
  const Float4 odd2_re = diff14_re * kSin144 - diff23_re * kSin72;
  const Float4 odd2_im = diff14_im * kSin144 - diff23_im * kSin72;
  re[0] += sum14_re + sum23_re;
  im[0] += sum14_im + sum23_im;
  re[1] = even1_re + odd1_im;
  im[1] = even1_im - odd1_re;
  re[2] = even2_re + odd2_im;
  im[2] = even2_im - odd2_re;
  re[3] = even2_re - odd2_im;
  im[3] = even2_im + odd2_re;
  re[4] = even1_re - odd1_im;
  im[4] = even1_im + odd1_re;
}

/// (re + i·im) *= (w_re + i·w_im)
template <typename Factor>
inline void Rotate(Float4& re, Float4& im, Factor w_re, Factor w_im) {
  const Float4 product_re = re * w_re - im * w_im;
  im = re * w_im + im * w_re;
  re = product_re;
}

/// The first pass: radix 4, s = 1, n = 4·m with m divisible by four. `twiddles`: for every four p,
/// the four-lane vectors Re w^p, Im w^p, Re w^2p, Im w^2p, Re w^3p, Im w^3p.
template <typename Input>
inline void FirstPass(Input in, SplitOutput out, int m, const float* twiddles) {
  for (int p = 0; p < m; p += kFloat4Lanes, twiddles += 6 * kFloat4Lanes) {
    Float4 re[4];
    Float4 im[4];
    for (int j = 0; j < 4; ++j) in.Load(p + j * m, re[j], im[j]);
    Butterfly<4>(re, im);
    for (int k = 1; k < 4; ++k) {
      const float* w = twiddles + 2 * (k - 1) * kFloat4Lanes;
      Rotate(re[k], im[k], Load4(w), Load4(w + kFloat4Lanes));
    }
    Transpose4(re);
    Transpose4(im);
    for (int lane = 0; lane < 4; ++lane) out.Store(4 * (p + lane), re[lane], im[lane]);
  }
}

/// Any later pass: s divisible by four. `twiddles`: for p = 1 … m − 1, the R − 1 pairs Re w^pk, Im
/// w^pk.
template <int R, typename Output>
inline void Pass(SplitInput in, Output out, int m, int s, const float* twiddles) {
  for (int q = 0; q < s; q += kFloat4Lanes) {  // p = 0: nothing to rotate
    Float4 re[R];
    Float4 im[R];
    for (int j = 0; j < R; ++j) in.Load(q + s * m * j, re[j], im[j]);
    Butterfly<R>(re, im);
    for (int k = 0; k < R; ++k) out.Store(q + s * k, re[k], im[k]);
  }
  for (int p = 1; p < m; ++p, twiddles += 2 * (R - 1)) {
    for (int q = 0; q < s; q += kFloat4Lanes) {
      Float4 re[R];
      Float4 im[R];
      for (int j = 0; j < R; ++j) in.Load(q + s * (p + m * j), re[j], im[j]);
      Butterfly<R>(re, im);
      out.Store(q + s * R * p, re[0], im[0]);
      for (int k = 1; k < R; ++k) {
        Rotate(re[k], im[k], twiddles[2 * (k - 1)], twiddles[2 * (k - 1) + 1]);
        out.Store(q + s * (R * p + k), re[k], im[k]);
      }
    }
  }
}

}  // namespace earshot::fft
