// usage: node mixer.mjs PCM ENGINE WORKLET_MODULE AUDIO_MODULE STREAMS TALKING   a conference as the mixer processor plays it:
// STREAMS chains, TALKING of them with speech, the others paused by DTX (a packet of one byte every 400 ms), panned and added up
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { serve } from '../lib/contestant.mjs';
import { readPcm16, toFloat } from '../lib/pcm.mjs';
import { bitrate, complexity, frameSize, sampleRate, split } from '../opus/settings.mjs';

const quantum = 128;
const pauseFrames = 20; // packets between two of a pause
const restAfter = 2000;
const maxJitterSamples = 0.02 * sampleRate;

const [pcmFile, engineFile, workletFile, audioFile, streams, talking] = process.argv.slice(2);
const { OpusEncoder, Panner, PlayoutChain, PlayoutStat } = await import(pathToFileURL(engineFile));
const load = (file) => new WebAssembly.Module(readFileSync(file));

const encoder = OpusEncoder.create(load(audioFile), {
  application: 'voip', numChannels: 1, sampleRate, bitrate, complexity, fec: false, expectedLoss: 0, dtx: false, maxBandwidth: 'fullband',
});
const packets = split(toFloat(readPcm16(pcmFile, frameSize))).map((frame) => {
  encoder.input.set(frame);
  return encoder.encode(frameSize).slice();
});
const pause = packets[0].slice(0, 1);

/** The same network for every run: a linear congruential generator (Numerical Recipes). */
let seed = 1;
function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

const worklet = load(workletFile);
const participants = Array.from({ length: Number(streams) }, (_, i) => {
  const chain = new PlayoutChain(worklet, { sampleRate, numChannels: 1, maxFrames: quantum });
  chain.restAfter = restAfter;
  const panner = new Panner(sampleRate, 1);
  panner.place(0.5, (2 * i) / Math.max(1, streams - 1) - 1);
  return { chain, panner, talks: i < Number(talking), sent: 0, sequenceNumber: 0, underway: [] };
});
const mix = [new Float32Array(quantum), new Float32Array(quantum)];

function receive(participant, clock) {
  const { chain, underway, talks } = participant;
  for (; participant.sent * frameSize <= clock; participant.sent += 1) {
    // Everybody speaks first, so that every decoder has something to rest from.
    const speech = talks || participant.sent < 50;
    if (!speech && participant.sent % pauseFrames !== 0) continue;
    underway.push({
      arrival: participant.sent * frameSize + random() * maxJitterSamples,
      packet: {
        payload: speech ? packets[participant.sent % packets.length] : pause,
        payloadType: 111, ssrc: 1, sequenceNumber: participant.sequenceNumber++ & 0xffff, rtpTimestamp: (participant.sent * frameSize) >>> 0,
      },
    });
  }
  while (underway.length > 0 && underway[0].arrival <= clock) chain.insert(underway.shift().packet);
}

let clock = 0; // samples

await serve({
  run: () => {
    const frames = packets.length * frameSize;
    for (const end = clock + frames; clock < end; clock += quantum) {
      mix.forEach((side) => side.fill(0));
      for (const participant of participants) {
        receive(participant, clock);
        participant.chain.process(quantum);
        participant.panner.add(participant.chain.output, mix);
      }
    }
    const resting = participants.filter(({ chain }) => chain.stats()[PlayoutStat.Resting] === 1).length;
    return { audioMs: (1000 * frames) / sampleRate, resting };
  },
});
