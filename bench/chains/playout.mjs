// usage: node playout.mjs PCM ENGINE WORKLET_MODULE AUDIO_MODULE   jitter buffer and Opus decoder, one render quantum after
// another, behind a network with 1 % loss and up to 40 ms of jitter
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { serve } from '../lib/contestant.mjs';
import { readPcm16, toFloat } from '../lib/pcm.mjs';
import { bitrate, complexity, frameSize, sampleRate, split } from '../opus/settings.mjs';

const quantum = 128;
const loss = 0.01;
const maxJitterSamples = 0.04 * sampleRate;

const [pcmFile, engineFile, workletFile, audioFile] = process.argv.slice(2);
const { OpusEncoder, PlayoutChain, PlayoutStat } = await import(pathToFileURL(engineFile));
const load = (file) => new WebAssembly.Module(readFileSync(file));

const encoder = OpusEncoder.create(load(audioFile), {
  application: 'voip', numChannels: 1, sampleRate, bitrate, complexity, fec: true, expectedLoss: loss, dtx: false, maxBandwidth: 'fullband',
});
const packets = split(toFloat(readPcm16(pcmFile, frameSize))).map((frame) => {
  encoder.input.set(frame);
  return encoder.encode(frameSize).slice();
});
const chain = new PlayoutChain(load(workletFile), { sampleRate, numChannels: 1, maxFrames: quantum });

/** The same fate for every run: a linear congruential generator (Numerical Recipes). */
let seed = 1;
function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

let clock = 0; // samples
let sent = 0; // packets
const underway = [];

function receive() {
  for (; sent * frameSize <= clock; sent += 1) {
    if (random() >= loss) underway.push({ arrival: sent * frameSize + random() * maxJitterSamples, index: sent });
  }
  for (let i = 0; i < underway.length;) {
    if (underway[i].arrival > clock) {
      i += 1;
      continue;
    }
    const [{ index }] = underway.splice(i, 1);
    chain.insert({
      payload: packets[index % packets.length], payloadType: 111, ssrc: 1, sequenceNumber: index & 0xffff,
      rtpTimestamp: (index * frameSize) >>> 0,
    });
  }
}

await serve({
  run: () => {
    const end = clock + packets.length * frameSize;
    for (; clock < end; clock += quantum) {
      receive();
      chain.process(quantum);
    }
    const stats = chain.stats();
    const concealedPercent = 100 * stats[PlayoutStat.ConcealedSamples] / stats[PlayoutStat.TotalSamples];
    return { audioMs: packets.length * 20, concealedPercent };
  },
});
