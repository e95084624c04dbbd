/**
 * Complex radix-2 FFT in double precision, in place, for the measuring side of the tests. Deliberately independent of the
 * engine's own transform: a metric must not share the code it judges.
 */

const tables = new Map();

function twiddles(size) {
  let table = tables.get(size);
  if (!table) {
    table = { cos: new Float64Array(size / 2), sin: new Float64Array(size / 2) };
    for (let k = 0; k < size / 2; ++k) {
      table.cos[k] = Math.cos((2 * Math.PI * k) / size);
      table.sin[k] = Math.sin((2 * Math.PI * k) / size);
    }
    tables.set(size, table);
  }
  return table;
}

/** Smallest power of two that is at least `n`. */
export function nextPowerOfTwo(n) {
  let size = 1;
  while (size < n) size *= 2;
  return size;
}

/** Forward transform (sign −1) of `re + i·im`, unnormalised; the length must be a power of two. */
export function fft(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; ++i) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  const { cos, sin } = twiddles(n);
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half);
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; ++k) {
        const wr = cos[k * stride];
        const wi = -sin[k * stride];
        const a = start + k;
        const b = a + half;
        const xr = re[b] * wr - im[b] * wi;
        const xi = re[b] * wi + im[b] * wr;
        re[b] = re[a] - xr;
        im[b] = im[a] - xi;
        re[a] += xr;
        im[a] += xi;
      }
    }
  }
}

/** Inverse transform, normalised by 1/N: swapping the parts turns the forward transform into the inverse one. */
export function ifft(re, im) {
  fft(im, re);
  for (let i = 0; i < re.length; ++i) {
    re[i] /= re.length;
    im[i] /= re.length;
  }
}

/** Power spectrum |X|² of `size / 2 + 1` bins of real samples, zero-padded to `size`. */
export function powerSpectrum(samples, size) {
  const re = new Float64Array(size);
  re.set(samples);
  const im = new Float64Array(size);
  fft(re, im);
  const power = new Float64Array(size / 2 + 1);
  for (let k = 0; k < power.length; ++k) power[k] = re[k] * re[k] + im[k] * im[k];
  return power;
}
