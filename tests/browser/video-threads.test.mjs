/** The video module with threads: encoding in two threads, alone in a worker and by VideoEncoder, and what becomes of it where there are none. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

import { createEncoder, decodeFrame, decodedPicture, threadedVideoModule, videoModule } from '../cli/support/video-module.mjs';
import { test } from './harness/suite.mjs';

const [width, height, numPictures] = [352, 288, 8];

/** I420, of whole numbers alone: the same everywhere. */
function makePicture(width, height, t) {
  const bytes = new Uint8Array((width * height * 3) / 2);
  for (let i = 0; i < bytes.length; i++) {
    const x = (i % width) + 2 * t;
    const y = Math.floor(i / width);
    bytes[i] = 64 + ((x * 3 + y) & 63) + (((x >> 3) * (y >> 3)) & 63);
  }
  return bytes;
}

/** Runs in a worker of the page, as the library would. */
const WORKER = `
import { PageThread } from './wasm/page-thread.js';
import { loadThreadedModule } from './wasm/threads.js';
import { Vp8Encoder } from './wasm/vp8-encoder.js';
${makePicture}
self.onmessage = async ({ data: { origin, width, height, numPictures } }) => {
  try {
    const module = await WebAssembly.compileStreaming(fetch(origin + '/dist/earshot-video-threads.wasm'));
    const { exports, threads, dispose } = await loadThreadedModule(module, 2, () => new PageThread(origin + '/dist/earshot-thread.js'));
    const encoder = new Vp8Encoder(exports, { width, height, frameRate: { num: 30, den: 1 }, bitrate: 400, speed: 6, threads: 2, maxKeyFrameInterval: 128 });
    const running = exports.threads_running();
    const frames = Array.from({ length: numPictures }, (_, t) => {
      encoder.input.set(makePicture(width, height, t));
      return [...encoder.encode().bytes];
    });
    encoder.dispose();
    const left = exports.threads_running();
    dispose();
    self.postMessage({ threads, running, left, frames });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};`;

async function runWorker(page) {
  const stdin = { contents: WORKER, loader: 'ts', resolveDir: fileURLToPath(new URL('../../js/src', import.meta.url)) };
  const { outputFiles: [{ text }] } = await build({ stdin, bundle: true, write: false, target: 'es2022' });
  return page.evaluate(async ({ text, ...start }) => {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    const worker = new Worker(url);
    const result = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage({ origin: location.origin, ...start });
    });
    worker.terminate();
    return { ...result, isolated: crossOriginIsolated };
  }, { text, width, height, numPictures });
}

/** What two threads make of the same pictures in Node. */
async function encodeInNode() {
  const { e, terminate } = await threadedVideoModule(2);
  const handle = createEncoder(e, { Width: width, Height: height, BitrateKbps: 400, Threads: 2 });
  const frames = Array.from({ length: numPictures }, (_, t) => {
    const bytes = makePicture(width, height, t);
    new Uint8Array(e.memory.buffer, e.vp8_encoder_input(handle), bytes.length).set(bytes);
    const length = e.vp8_encoder_encode(handle, 0, 0);
    return [...new Uint8Array(e.memory.buffer, e.vp8_encoder_packet(handle), length)];
  });
  await terminate();
  return frames;
}

test('a worker of an isolated page encodes in two threads what Node does', {}, async (t) => {
  const result = await runWorker(await t.open('/call.html', { isolated: true }));
  assert.equal(result.error, undefined);
  assert.equal(result.isolated, true);
  assert.deepEqual([result.threads, result.running, result.left], [2, 2, 0]);
  assert.deepEqual(result.frames, await encodeInNode());
  // Decoded by the module without threads it is what was encoded.
  const e = videoModule('');
  const decoder = e.vp8_decoder_create();
  result.frames.forEach((frame, i) => {
    assert.equal(decodeFrame(e, decoder, Uint8Array.from(frame)), 1);
    const decoded = decodedPicture(e, decoder);
    const source = makePicture(width, height, i);
    const luma = width * height;
    let squares = 0;
    for (let at = 0; at < luma; at++) squares += (decoded[at] - source[at]) ** 2;
    const psnr = 10 * Math.log10(255 ** 2 / (squares / luma));
    assert.ok(psnr > 20, `picture ${i}: ${psnr.toFixed(1)} dB`);
  });
});

test('a page that is not isolated is told that threads are not to be had', {}, async (t) => {
  const result = await runWorker(t.page);
  assert.equal(result.isolated, false);
  assert.ok(result.error, 'threads were started');
  t.note(result.error);
});

const CONFIG = { codec: 'vp8', width, height, bitrate: 400_000, framerate: 30, earshot: { speed: 6, threads: 2 } };
/** What the config means, by the names of abi.h. */
const PARAMETERS = {
  Profile: 1, Width: width, Height: height, FrameRateNum: 30, FrameRateDen: 1, BitrateKbps: 400, Speed: 6, MaxKeyFrameInterval: 0,
  MinQuantizer: 2, MaxQuantizer: 56, StaticThreshold: 1, AllowDrops: 0,
};
const timeOf = (t) => Math.round((t * 1e6) / 30);

/** What VideoEncoder is to make of the pictures, by the module alone in Node. */
async function expectedStream(threads) {
  const { e, terminate } = threads > 1 ? await threadedVideoModule(threads) : { e: videoModule(''), terminate() {} };
  const handle = createEncoder(e, { ...PARAMETERS, Threads: threads });
  const frames = Array.from({ length: numPictures }, (_, t) => {
    const bytes = makePicture(width, height, t);
    new Uint8Array(e.memory.buffer, e.vp8_encoder_input(handle), bytes.length).set(bytes);
    const length = e.vp8_encoder_encode(handle, 0, timeOf(t));
    return [...new Uint8Array(e.memory.buffer, e.vp8_encoder_packet(handle), length)];
  });
  await terminate();
  return frames;
}

/** What VideoEncoder makes of them in a page, of VideoFrames or plain pictures, and after a reset again. */
async function encodeInPage(page, { configuration = {}, plain = false } = {}) {
  const timestamps = Array.from({ length: numPictures }, (_, t) => timeOf(t));
  return page.evaluate(async ({ config, configuration, plain, timestamps, source }) => {
    const makePicture = new Function(`return ${source}`)();
    const Earshot = await harness.loadLibrary();
    Earshot.configure(configuration);
    let frames = [];
    const errors = [];
    const encoder = new Earshot.VideoEncoder({
      output(chunk) {
        const bytes = new Uint8Array(chunk.byteLength);
        chunk.copyTo(bytes);
        frames.push([...bytes]);
      },
      error: ({ name, message }) => errors.push(`${name}: ${message}`),
    });
    const encode = async () => {
      frames = [];
      encoder.configure(config);
      for (const [t, timestamp] of timestamps.entries()) {
        const data = makePicture(config.width, config.height, t);
        const picture = { format: 'I420', codedWidth: config.width, codedHeight: config.height, timestamp };
        const frame = plain ? { ...picture, data } : new VideoFrame(data, picture);
        encoder.encode(frame);
        frame.close?.();
      }
      await encoder.flush().catch(() => {});
      return frames;
    };
    const first = await encode();
    const { state } = encoder;
    if (state === 'configured') encoder.reset();
    const second = state === 'configured' ? await encode() : [];
    if (encoder.state === 'configured') encoder.close();
    return { first, second, errors, isolated: crossOriginIsolated };
  }, { config: CONFIG, configuration, plain, timestamps, source: String(makePicture) });
}

/** As Vite puts files of this size into its own. */
const inlined = `data:text/javascript;base64,${readFileSync(new URL('../../dist/earshot-thread.js', import.meta.url), 'base64')}`;

for (const [what, options] of [
  ['of VideoFrames', {}],
  ['of plain pictures', { plain: true }],
  ['with the script of a thread as a data: address', { configuration: { threadUrl: inlined } }],
]) {
  test(`VideoEncoder has two threads in an isolated page, ${what}`, {}, async (t) => {
    const { first, second, errors, isolated } = await encodeInPage(await t.open('/call.html', { isolated: true }), options);
    assert.deepEqual(errors, []);
    assert.equal(isolated, true);
    // The stream tells: each thread has statistics of its own.
    const expected = await expectedStream(2);
    assert.notDeepEqual(expected, await expectedStream(1));
    assert.deepEqual(first, expected);
    assert.deepEqual(second, expected, 'after a reset');
  });
}

for (const [what, isolated, configuration] of [
  ['in a page that is not isolated', false, {}],
  ['without the module with threads', true, { wasmUrl: { videoThreads: '/missing.wasm' } }],
  ['without the script of a thread', true, { threadUrl: '/missing.js' }],
]) {
  test(`VideoEncoder has one thread ${what}`, {}, async (t) => {
    const result = await encodeInPage(isolated ? await t.open('/call.html', { isolated }) : t.page, { configuration });
    assert.deepEqual(result.errors, []);
    assert.equal(result.isolated, isolated);
    const expected = await expectedStream(1);
    assert.deepEqual(result.first, expected);
    assert.deepEqual(result.second, expected, 'after a reset');
  });
}
