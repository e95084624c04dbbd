/** Scale-invariant signal-to-distortion ratio. Source: Le Roux et al., "SDR – half-baked or well done?", ICASSP 2019, eq. 3. */

const withoutMean = (samples) => {
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
  return samples.map((x) => x - mean);
};

/** dB; both signals of equal length and aligned. */
export function siSdr(cleanSamples, degradedSamples) {
  const clean = withoutMean(cleanSamples);
  const degraded = withoutMean(degradedSamples);
  let cross = 0;
  let power = 0;
  for (let i = 0; i < clean.length; ++i) {
    cross += clean[i] * degraded[i];
    power += clean[i] * clean[i];
  }
  const scale = cross / power;
  let target = 0;
  let distortion = 1e-20;
  for (let i = 0; i < clean.length; ++i) {
    target += (scale * clean[i]) ** 2;
    distortion += (degraded[i] - scale * clean[i]) ** 2;
  }
  return 10 * Math.log10(target / distortion);
}
