import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { playoutStats } from '../../js/src/call/stats.js';
import { PlayoutCodec, PlayoutStat } from '../../js/src/wasm/abi.js';
import { PlayoutChain } from '../../js/src/wasm/playout-chain.js';

/** The names of W3C webrtc-stats, and how many of the chain's units are one of theirs. */
const STANDARD: Record<string, [PlayoutStat, number]> = {
  packetsReceived: [PlayoutStat.PacketsReceived, 1],
  packetsLost: [PlayoutStat.PacketsLost, 1],
  packetsDiscarded: [PlayoutStat.PacketsDiscarded, 1],
  fecPacketsReceived: [PlayoutStat.FecPacketsReceived, 1],
  fecPacketsDiscarded: [PlayoutStat.FecPacketsDiscarded, 1],
  totalSamplesReceived: [PlayoutStat.TotalSamples, 1],
  concealedSamples: [PlayoutStat.ConcealedSamples, 1],
  silentConcealedSamples: [PlayoutStat.SilentConcealedSamples, 1],
  concealmentEvents: [PlayoutStat.ConcealmentEvents, 1],
  removedSamplesForAcceleration: [PlayoutStat.RemovedSamples, 1],
  insertedSamplesForDeceleration: [PlayoutStat.InsertedSamples, 1],
  jitterBufferEmittedCount: [PlayoutStat.EmittedSamples, 1],
  // Seconds there, milliseconds here.
  jitterBufferDelay: [PlayoutStat.DelaySumMs, 1000],
  jitterBufferTargetDelay: [PlayoutStat.TargetDelaySumMs, 1000],
};

describe('PlayoutStats', () => {
  it('has the standard names, in the standard units', () => {
    const values = Float64Array.from({ length: PlayoutStat.Count }, (_, stat) => 1000 + stat);
    const stats = playoutStats(values) as unknown as Record<string, number>;
    for (const [name, [stat, unit]] of Object.entries(STANDARD)) expect(stats[name], name).toBe((1000 + stat) / unit);
    expect(stats.resampledSamples).toBe(1000 + PlayoutStat.ResampledSamples);
  });

  it('tells the drift of the clocks, which the built module counts', { timeout: 60_000 }, () => {
    const module = new WebAssembly.Module(readFileSync(new URL('../../dist/earshot-worklet.wasm', import.meta.url)));
    const chain = new PlayoutChain(module, { sampleRate: 8000, numChannels: 1, maxFrames: 80, codec: PlayoutCodec.Pcmu });
    chain.configure({ minDelay: 60, maxDelay: 2000, latencyHint: 'balanced' });
    // The sender's clock is faster by 300 ppm; 10 ms of ours a tick.
    const fast = 1.0003;
    const payload = Uint8Array.from({ length: 160 }, (_, i) => (i * 37) & 0xff);
    let packet = 0;
    const play = (seconds: number, from: number) => {
      for (let tick = 100 * from; tick < 100 * (from + seconds); tick++) {
        for (; packet * 2 <= tick * fast; packet++) {
          chain.insert({ payload, payloadType: 0, ssrc: 1, sequenceNumber: packet & 0xffff, rtpTimestamp: 160 * packet });
        }
        chain.process(80);
      }
      return playoutStats(chain.stats()).resampledSamples;
    };
    // By then it is known: from then on every sample too many is taken out so.
    const found = play(240, 0);
    const taken = play(60, 240) - found;
    expect(taken).toBeGreaterThan(0.8 * 0.0003 * 60 * 8000);
    expect(taken).toBeLessThan(1.5 * 0.0003 * 60 * 8000);
  });
});
