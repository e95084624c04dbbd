// usage: node bursts.mjs PCM ENGINE PLAYOUT_MODULE ENCODER_MODULE LOST   the playout chain, one render quantum after another, behind a
// network that loses LOST packets of every 25 in a row; all packets carry deep redundancy. Every pass is the same, from a new chain on.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { serve } from '../lib/contestant.mjs';
import { readPcm16, toFloat } from '../lib/pcm.mjs';
import { complexity, frameSize, sampleRate, split } from '../opus/settings.mjs';

const quantum = 128;
const group = 25;
/** Passes over the sound in one pass of the race, so that making the chain costs next to nothing. */
const repeats = 3;

const [pcmFile, engineFile, playoutFile, encoderFile, lost] = process.argv.slice(2);
const { OpusEncoder, PlayoutChain, PlayoutStat } = await import(pathToFileURL(engineFile));
const load = (file) => new WebAssembly.Module(readFileSync(file));
const module = load(playoutFile);

// More than a call usually has, so that there is room for the redundancy.
const encoder = OpusEncoder.create(load(encoderFile), {
  application: 'voip', numChannels: 1, sampleRate, bitrate: 40000, complexity, fec: false, expectedLoss: 0.2, dtx: false, maxBandwidth: 'fullband', dred: 1000,
});
const once = split(toFloat(readPcm16(pcmFile, frameSize)));
const packets = Array.from({ length: repeats }, () => once).flat().map((frame) => {
  encoder.input.set(frame);
  return encoder.encode(frameSize).slice();
});
const arrives = (index) => index < 2 * group || index % group < group - Number(lost);

/** Least time of each render quantum over the passes, ms: what it costs itself, without what else the machine did. */
const times = new Float64Array(packets.length * frameSize / quantum).fill(Infinity);

await serve({
  run: () => {
    const chain = new PlayoutChain(module, { sampleRate, numChannels: 1, maxFrames: quantum });
    // Enough for the packet behind a burst to be there when the burst is to be played.
    chain.configure({ minDelay: 20 * Number(lost), maxDelay: 2000, latencyHint: 'balanced' });
    let sent = 0;
    for (let i = 0; i < times.length; i += 1) {
      for (; sent * frameSize <= i * quantum && sent < packets.length; sent += 1) {
        if (arrives(sent)) chain.insert({ payload: packets[sent], payloadType: 111, ssrc: 1, sequenceNumber: sent & 0xffff, rtpTimestamp: sent * frameSize });
      }
      const begin = performance.now();
      chain.process(quantum);
      times[i] = Math.min(times[i], performance.now() - begin);
    }
    const stats = chain.stats();
    const sorted = times.toSorted();
    const ofBudget = (ms) => ms * sampleRate / (1000 * quantum);
    return {
      audioMs: packets.length * 20, recovered: stats[PlayoutStat.PacketsRecovered], concealedPercent: 100 * stats[PlayoutStat.ConcealedSamples] / stats[PlayoutStat.TotalSamples],
      p99OfBudget: ofBudget(sorted[Math.floor(0.99 * (sorted.length - 1))]), dearestOfBudget: ofBudget(sorted.at(-1)),
    };
  },
});
