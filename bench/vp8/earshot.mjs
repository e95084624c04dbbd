// usage: node earshot.mjs CLIP ENGINE MODULE   earshot-video.wasm as a contestant
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { serve } from '../lib/contestant.mjs';
import { bitrate, frameRate, height, pictureBytes, speed, width } from './clip.mjs';

const [clipFile, engineFile, moduleFile] = process.argv.slice(2);
const { instantiate, Vp8Decoder, Vp8Encoder } = await import(pathToFileURL(engineFile));
const clip = readFileSync(clipFile);
const exports = instantiate(new WebAssembly.Module(readFileSync(moduleFile)));

function encode() {
  const encoder = new Vp8Encoder(exports, { width, height, frameRate: { num: frameRate, den: 1 }, bitrate, speed, maxKeyFrameInterval: 128, measureError: true });
  const frames = [];
  for (let at = 0; at < clip.length; at += pictureBytes) {
    encoder.input.set(clip.subarray(at, at + pictureBytes));
    frames.push(encoder.encode().bytes.slice());
  }
  const { psnrY } = encoder.stats;
  encoder.dispose();
  return { frames, psnrY };
}

const { frames } = encode();

await serve({
  encode() {
    const encoded = encode();
    return { bytes: encoded.frames.reduce((sum, frame) => sum + frame.length, 0), psnrY: encoded.psnrY };
  },
  decode() {
    const decoder = new Vp8Decoder(exports);
    for (const frame of frames) {
      decoder.reserve(frame.length).set(frame);
      if (decoder.decode(frame.length) !== 1) throw new Error('a frame was not decoded');
    }
    decoder.dispose();
  },
});
