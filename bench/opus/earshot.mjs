// usage: node earshot.mjs PCM ENGINE MODULE   earshot-audio.wasm as a contestant
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { serve } from '../lib/contestant.mjs';
import { readPcm16, toFloat } from '../lib/pcm.mjs';
import { bitrate, complexity, frameSize, sampleRate, split, tasks } from './settings.mjs';

const [pcmFile, engineFile, moduleFile] = process.argv.slice(2);
const { instantiate, OpusDecoder, OpusEncoder } = await import(pathToFileURL(engineFile));
const module = new WebAssembly.Module(readFileSync(moduleFile));
const encoder = OpusEncoder.create(module, {
  application: 'voip', numChannels: 1, sampleRate, bitrate, complexity, fec: false, expectedLoss: 0, dtx: false, maxBandwidth: 'fullband',
});
const decoder = new OpusDecoder(instantiate(module), sampleRate, 1);

await serve(tasks(
  split(toFloat(readPcm16(pcmFile, frameSize))),
  (frame) => {
    encoder.input.set(frame);
    return encoder.encode(frameSize);
  },
  (packet) => decoder.decode(packet),
));
