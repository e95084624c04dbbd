import { PlayoutStat } from './abi.js';

/** Values that count samples, or sum something up over samples: at the rate of the codec. */
const OVER_SAMPLES: readonly PlayoutStat[] = [
  PlayoutStat.TotalSamples,
  PlayoutStat.ConcealedSamples,
  PlayoutStat.SilentConcealedSamples,
  PlayoutStat.InterruptionSamples,
  PlayoutStat.DtxSamples,
  PlayoutStat.RemovedSamples,
  PlayoutStat.InsertedSamples,
  PlayoutStat.ResampledSamples,
  PlayoutStat.EmittedSamples,
  PlayoutStat.DelaySumMs,
  PlayoutStat.TargetDelaySumMs,
];

/** The other counters. */
const COUNTS: readonly PlayoutStat[] = [
  PlayoutStat.PacketsReceived,
  PlayoutStat.PacketsRejected,
  PlayoutStat.PacketsDuplicate,
  PlayoutStat.PacketsDiscarded,
  PlayoutStat.PacketsLost,
  PlayoutStat.PacketsRecovered,
  PlayoutStat.PacketsEmpty,
  PlayoutStat.DecodeErrors,
  PlayoutStat.ConcealmentEvents,
  PlayoutStat.Interruptions,
  PlayoutStat.Restarts,
  PlayoutStat.FecPacketsReceived,
  PlayoutStat.FecPacketsDiscarded,
];

/** The rate samples are counted at whatever the codec, so that counts of several can be added up, Hz. */
const COUNTING_RATE = 48000;

/** Adds the counters of a chain whose codec runs at `clockRate` to `sums`; both in the order of PlayoutStat. Allocates nothing. */
export function addCounters(sums: Float64Array, chain: Readonly<Float64Array>, clockRate = COUNTING_RATE): void {
  const scale = COUNTING_RATE / clockRate;
  for (let i = 0; i < OVER_SAMPLES.length; i++) sums[OVER_SAMPLES[i]!]! += scale * chain[OVER_SAMPLES[i]!]!;
  for (let i = 0; i < COUNTS.length; i++) sums[COUNTS[i]!]! += chain[COUNTS[i]!]!;
}

/** Makes the counters zero and leaves what tells of the moment. Allocates nothing. */
export function clearCounters(values: Float64Array): void {
  for (let i = 0; i < OVER_SAMPLES.length; i++) values[OVER_SAMPLES[i]!] = 0;
  for (let i = 0; i < COUNTS.length; i++) values[COUNTS[i]!] = 0;
}
