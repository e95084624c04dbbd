// Half an hour of a 720p call's pictures at 30 a second, as fast as they go: converted, encoded in an instance of earshot-video.wasm as the
// sender's worker has it, decoded in another as the receiver's. What both take of memory, from beginning to end.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPreset, bundleEngine } from './lib/prepare.mjs';
import { printTable, writeResult } from './lib/report.mjs';
import { formats, frameRate, pictureBytes, writeClip } from './vp8/clip.mjs';

const numFrames = 30 * 60 * frameRate;
/** Bitrates are changed and key frames asked for as in a call with a changing network; frames. */
const changeEvery = 300;
const bitrates = [1500, 600, 2500, 300];

const settings = { minQuantizer: 2, maxQuantizer: 56, temporalLayers: 1, screenContent: 0, noiseReduction: 0, staticThreshold: 1, tokenPartitions: 0, errorResilient: false, allowDrops: true };

export async function run() {
  const format = formats['720p'];
  const { width, height } = format;
  const clip = readFileSync(writeClip(format));
  const wasm = await buildPreset('wasm');
  const { instantiate, PictureConverter, pictureFormat, Vp8Decoder, Vp8Encoder } = await import(pathToFileURL(await bundleEngine()));
  const module = new WebAssembly.Module(readFileSync(join(wasm, 'dist/earshot-video.wasm')));
  const [sender, receiver] = [instantiate(module), instantiate(module)];
  const options = (index) => ({
    width, height, frameRate: { num: frameRate, den: 1 }, bitrate: bitrates[Math.floor(index / changeEvery) % bitrates.length], speed: 8, maxKeyFrameInterval: 0, call: settings,
  });
  const converter = new PictureConverter(sender);
  const encoder = new Vp8Encoder(sender, options(0));
  const decoder = new Vp8Decoder(receiver);
  const step = pictureBytes(format);
  const clipFrames = clip.length / step;
  const samples = [];
  let bytes = 0;
  for (let i = 0; i < numFrames; i++) {
    if (i % changeEvery === 0) encoder.configure(options(i));
    // To and fro, so that no picture jumps.
    const at = i % (2 * clipFrames - 2);
    const picture = at < clipFrames ? at : 2 * clipFrames - 2 - at;
    converter.source(pictureFormat('I420'), width, height).set(clip.subarray(picture * step, (picture + 1) * step));
    converter.toI420(encoder.input.byteOffset, width, height);
    const frame = encoder.encode(i % changeEvery === 150, Math.round((i * 1e6) / frameRate)).bytes;
    bytes += frame.length;
    if (frame.length > 0) {
      decoder.reserve(frame.length).set(frame);
      if (decoder.decode(frame.length) !== 1) throw new Error(`frame ${i} was not decoded`);
    }
    if (i % (60 * frameRate) === 60 * frameRate - 1) {
      samples.push([sender, receiver].map(({ memory }) => memory.buffer.byteLength / 2 ** 20));
      if (samples.length % 5 === 0) console.log(`  … ${samples.length} of 30 minutes`);
    }
  }
  const total = ([send, receive]) => send + receive;
  const figures = { 'vp8.soak.memoryMiB': total(samples.at(-1)), 'vp8.soak.growthMiB': total(samples.at(-1)) - total(samples[0]) };
  printTable(`${numFrames} pictures of ${width}×${height}`, ['after', 'sender, MiB', 'receiver, MiB'], [0, 4, 14, 29].map((minute) => [`${minute + 1} min`, ...samples[minute].map((one) => one.toFixed(1))]));
  writeResult('vp8-soak', { numFrames, meanKbps: (8 * bytes * frameRate) / numFrames / 1000, samples, figures });
  return figures;
}
