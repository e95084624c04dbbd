#include "dsp/real_fft.h"

#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "dsp/fft_passes.h"

// A real transform of N points is a complex one of M = N/2 points on the even samples as real and
// the odd samples as imaginary parts, followed by the separation of both spectra. The inverse is
// the same, backwards: exchanging real and imaginary parts before and after turns the forward
// passes into inverse ones.
namespace earshot {
namespace {

constexpr int kMinSize = 32;
constexpr int kMaxSize = 8192;
constexpr int kMaxPasses = 8;  // the longest within the limits is 4·4·2·3·3·3·3

struct PassPlan {
  int radix = 0;
  int m = 0;                 ///< length of the sub-transforms after the pass
  int s = 0;                 ///< product of the radices before it
  std::size_t twiddles = 0;  ///< offset into the table
};

}  // namespace

struct RealFft::Impl {
  explicit Impl(int transform_size);

  template <typename Input, typename Output>
  void Transform(Input in, Output out);
  template <typename Output>
  void RunPass(const PassPlan& pass, fft::SplitInput in, Output out) const;
  fft::SplitOutput Buffer(int index) {
    float* re = scratch.data() + static_cast<std::ptrdiff_t>(2 * index * half);
    return {re, re + half};
  }

  int size;
  int half;
  int num_passes = 0;
  std::array<PassPlan, kMaxPasses> passes;
  std::vector<float> twiddles;
  std::vector<float>
      separation;  ///< ½·exp(−2πi·k/N) for k = 1 … M/2: four real parts, then four imaginary parts
  std::vector<float> scratch;  ///< two split buffers of M complex values
};

RealFft::Impl::Impl(int transform_size) : size(transform_size), half(transform_size / 2) {
  const auto angle = [](int numerator, int denominator) {
    return -2.0 * std::numbers::pi * numerator / denominator;
  };
  int n = half;
  int s = 1;
  while (n > 1) {
    PassPlan& pass = passes[static_cast<std::size_t>(num_passes++)];
    for (const int radix : {4, 5, 3, 2}) {
      if (n % radix == 0) {
        pass.radix = radix;
        break;
      }
    }
    pass.m = n / pass.radix;
    pass.s = s;
    pass.twiddles = twiddles.size();
    const bool first = s == 1;
    const int lanes = first ? kFloat4Lanes : 1;
    for (int p = first ? 0 : 1; p < pass.m; p += lanes) {
      for (int k = 1; k < pass.radix; ++k) {
        for (int lane = 0; lane < lanes; ++lane) {
          twiddles.push_back(static_cast<float>(std::cos(angle((p + lane) * k, n))));
        }
        for (int lane = 0; lane < lanes; ++lane) {
          twiddles.push_back(static_cast<float>(std::sin(angle((p + lane) * k, n))));
        }
      }
    }
    n = pass.m;
    s *= pass.radix;
  }
  for (int k = 1; k <= half / 2; k += kFloat4Lanes) {
    for (int lane = 0; lane < kFloat4Lanes; ++lane) {
      separation.push_back(static_cast<float>(0.5 * std::cos(angle(k + lane, size))));
    }
    for (int lane = 0; lane < kFloat4Lanes; ++lane) {
      separation.push_back(static_cast<float>(0.5 * std::sin(angle(k + lane, size))));
    }
  }
  scratch.resize(static_cast<std::size_t>(4 * half));
}

template <typename Output>
void RealFft::Impl::RunPass(const PassPlan& pass, fft::SplitInput in, Output out) const {
  const float* table = twiddles.data() + pass.twiddles;
  switch (pass.radix) {
    case 2:
      return fft::Pass<2>(in, out, pass.m, pass.s, table);
    case 3:
      return fft::Pass<3>(in, out, pass.m, pass.s, table);
    case 4:
      return fft::Pass<4>(in, out, pass.m, pass.s, table);
    default:
      return fft::Pass<5>(in, out, pass.m, pass.s, table);
  }
}

template <typename Input, typename Output>
void RealFft::Impl::Transform(Input in, Output out) {
  int current = 0;
  fft::FirstPass(in, Buffer(current), passes[0].m, twiddles.data());
  for (int i = 1; i < num_passes - 1; ++i) {
    const fft::SplitOutput from = Buffer(current);
    current = 1 - current;
    RunPass(passes[static_cast<std::size_t>(i)], {from.re, from.im}, Buffer(current));
  }
  const fft::SplitOutput from = Buffer(current);
  RunPass(passes[static_cast<std::size_t>(num_passes - 1)], {from.re, from.im}, out);
}

StatusOr<RealFft> RealFft::Create(int size) {
  if (size < kMinSize || size > kMaxSize || size % kMinSize != 0) {
    return Status(StatusCode::kInvalidArgument,
                  "FFT size must be a multiple of 32 within 32 … 8192");
  }
  int rest = size;
  for (const int factor : {2, 3, 5}) {
    while (rest % factor == 0) rest /= factor;
  }
  if (rest != 1) {
    return Status(StatusCode::kInvalidArgument,
                  "FFT size must have no prime factor other than 2, 3 and 5");
  }
  return RealFft(std::make_unique<Impl>(size));
}

RealFft::RealFft(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;
RealFft::~RealFft() = default;

int RealFft::size() const { return impl_->size; }

void RealFft::Forward(std::span<const float> time, std::span<std::complex<float>> spectrum) {
  assert(static_cast<int>(time.size()) == size() &&
         static_cast<int>(spectrum.size()) == num_bins());
  const int half = impl_->half;
  // The passes before the last leave their result in buffer 0 or 1; the last one takes the other.
  const fft::SplitOutput z = impl_->Buffer(impl_->num_passes % 2 == 0 ? 1 : 0);
  impl_->Transform(fft::InterleavedInput{time.data()}, z);

  float* const bins = reinterpret_cast<float*>(spectrum.data());
  const float* w = impl_->separation.data();
  for (int k = 1; k <= half / 2; k += kFloat4Lanes, w += 2 * kFloat4Lanes) {
    const int mirror = half - k - (kFloat4Lanes - 1);
    const Float4 low_re = Load4(z.re + k);
    const Float4 low_im = Load4(z.im + k);
    const Float4 high_re = Reverse4(Load4(z.re + mirror));
    const Float4 high_im = Reverse4(Load4(z.im + mirror));
    // E = (Z[k] + conj Z[M−k])/2 and O = −i·(Z[k] − conj Z[M−k])/2 are the spectra of the even and
    // odd samples.
    const Float4 even_re = (low_re + high_re) * 0.5f;
    const Float4 even_im = (low_im - high_im) * 0.5f;
    Float4 odd_re = low_im + high_im;
    Float4 odd_im = high_re - low_re;
    fft::Rotate(odd_re, odd_im, Load4(w), Load4(w + kFloat4Lanes));
    const Float4 re = even_re + odd_re;
    const Float4 im = even_im + odd_im;
    const Float4 mirror_re = Reverse4(even_re - odd_re);
    const Float4 mirror_im = Reverse4(odd_im - even_im);
    Store4(bins + 2 * k, InterleaveLow4(re, im));
    Store4(bins + 2 * k + 4, InterleaveHigh4(re, im));
    Store4(bins + 2 * mirror, InterleaveLow4(mirror_re, mirror_im));
    Store4(bins + 2 * mirror + 4, InterleaveHigh4(mirror_re, mirror_im));
  }
  spectrum.front() = {z.re[0] + z.im[0], 0.0f};
  spectrum.back() = {z.re[0] - z.im[0], 0.0f};
}

void RealFft::Inverse(std::span<const std::complex<float>> spectrum, std::span<float> time) {
  assert(static_cast<int>(time.size()) == size() &&
         static_cast<int>(spectrum.size()) == num_bins());
  const int half = impl_->half;
  const float scale = 1.0f / static_cast<float>(half);
  const fft::SplitOutput z = impl_->Buffer(1);  // the first pass writes buffer 0

  const float* const bins = reinterpret_cast<const float*>(spectrum.data());
  const fft::InterleavedInput x{bins};
  const float* w = impl_->separation.data();
  for (int k = 1; k <= half / 2; k += kFloat4Lanes, w += 2 * kFloat4Lanes) {
    const int mirror = half - k - (kFloat4Lanes - 1);
    Float4 low_re;
    Float4 low_im;
    Float4 high_re;
    Float4 high_im;
    x.Load(k, low_re, low_im);
    x.Load(mirror, high_re, high_im);
    high_re = Reverse4(high_re);
    high_im = Reverse4(high_im);
    const Float4 even_re = (low_re + high_re) * (0.5f * scale);
    const Float4 even_im = (low_im - high_im) * (0.5f * scale);
    Float4 odd_re = (low_re - high_re) * scale;
    Float4 odd_im = (low_im + high_im) * scale;
    fft::Rotate(odd_re, odd_im, Load4(w), -Load4(w + kFloat4Lanes));
    // Z[k] = E + iO and Z[M−k] = conj(E − iO), stored with real and imaginary parts exchanged.
    Store4(z.im + k, even_re - odd_im);
    Store4(z.re + k, even_im + odd_re);
    Store4(z.im + mirror, Reverse4(even_re + odd_im));
    Store4(z.re + mirror, Reverse4(odd_re - even_im));
  }
  const float first = spectrum.front().real();
  const float last = spectrum.back().real();
  z.im[0] = (first + last) * (0.5f * scale);
  z.re[0] = (first - last) * (0.5f * scale);
  impl_->Transform(fft::SplitInput{z.re, z.im}, fft::ExchangedInterleavedOutput{time.data()});
}

}  // namespace earshot
