/** What VideoEncoder and VideoDecoder say of use and misuse, beside the browser's own on the same calls. */
import { deepEqual } from 'node:assert/strict';

import { test } from './harness/suite.mjs';

/** Each returns what happened. They run in the page, with the browser's classes and with ours. */
const scenes = {
  async construction(E, D) {
    const attempts = [];
    for (const init of [undefined, {}, { output: () => {} }, { error: () => {} }, { output: 1, error: () => {} }, { output: () => {}, error: () => {} }]) {
      for (const Class of [E, D]) attempts.push(video.attempt(() => new Class(init).state));
    }
    attempts.push(video.attempt(() => E({ output() {}, error() {} })));
    return attempts;
  },
  async encoderConfigs(E) {
    const base = { codec: 'vp8', width: 64, height: 48 };
    const configs = [
      undefined, null, {}, { codec: 'vp8' }, { ...base, codec: '' }, { ...base, codec: ' ' }, { ...base, width: 0 }, { ...base, height: 0 }, { ...base, width: -1 }, { ...base, width: NaN },
      { ...base, width: 2 ** 32 }, { ...base, width: '64' }, { ...base, width: 64.7 }, { ...base, displayWidth: 0, displayHeight: 1 }, { ...base, displayWidth: 4, displayHeight: 3 },
      { ...base, bitrate: -1 }, { ...base, bitrate: Infinity }, { ...base, framerate: NaN }, { ...base, framerate: 25.5 },
      { ...base, latencyMode: 'fast' }, { ...base, bitrateMode: 'some' }, { ...base, alpha: 'none' }, { ...base, hardwareAcceleration: 'yes' }, { ...base, bitrateMode: 'constant', bitrate: 100000 },
      { ...base, latencyMode: 'realtime' }, { ...base, scalabilityMode: 'L1T2' }, { ...base, scalabilityMode: 'L1T3' }, { ...base, codec: 'vp9000' }, { ...base, codec: 'VP8' },
    ];
    const results = [];
    for (const config of configs) {
      const support = await E.isConfigSupported(config).then(({ supported }) => supported, ({ name }) => name);
      const encoder = new E({ output() {}, error() {} });
      const configured = video.attempt(() => encoder.configure(config));
      results.push([JSON.stringify(config), support, configured, encoder.state]);
      if (encoder.state !== 'closed') encoder.close();
    }
    return results;
  },
  async decoderConfigs(_, D) {
    const base = { codec: 'vp8' };
    const configs = [
      undefined, null, {}, base, { codec: '' }, { codec: ' ' }, { codec: 'nothing' }, { ...base, codedWidth: 64, codedHeight: 48 }, { ...base, codedWidth: 0, codedHeight: 1 },
      { ...base, codedWidth: -1, codedHeight: 1 }, { ...base, codedWidth: 'a', codedHeight: 1 }, { ...base, displayAspectWidth: 16, displayAspectHeight: 9 }, { ...base, displayAspectWidth: 0, displayAspectHeight: 9 },
      { ...base, optimizeForLatency: true }, { ...base, hardwareAcceleration: 'no' }, { ...base, colorSpace: { matrix: 'bt709' } },
    ];
    const results = [];
    for (const config of configs) {
      const support = await D.isConfigSupported(config).then(({ supported }) => supported, ({ name }) => name);
      const decoder = new D({ output() {}, error() {} });
      results.push([JSON.stringify(config), support, video.attempt(() => decoder.configure(config)), decoder.state]);
      if (decoder.state !== 'closed') decoder.close();
    }
    return results;
  },
  async unsupported(E, D) {
    const results = [];
    for (const [Class, config] of [[E, { codec: 'vp9000', width: 64, height: 48 }], [E, { codec: 'vp8', width: 64, height: 48, scalabilityMode: 'L9T9' }], [D, { codec: 'vp9000' }]]) {
      const codec = await new Promise((resolve) => {
        const one = new Class({ output() {}, error: (error) => resolve({ one, error }) });
        one.configure(config);
        results.push(one.state);
      });
      results.push(codec.error instanceof DOMException, codec.error.name, codec.one.state, video.attempt(() => codec.one.configure(config)), video.attempt(() => codec.one.close()));
    }
    return results;
  },
  async encoderStates(E) {
    const results = [];
    const log = (label, run) => results.push([label, video.attempt(run)]);
    const config = { codec: 'vp8', width: 64, height: 48 };
    const outputs = [];
    const encoder = new E({ output: (chunk) => outputs.push(chunk.timestamp), error() {} });
    const frame = (time) => video.frameOf(64, 48, time);
    const closed = frame(0);
    closed.close();
    log('encode unconfigured', () => encoder.encode(frame(0)));
    log('encode closed frame unconfigured', () => encoder.encode(closed));
    log('encode nothing', () => encoder.encode());
    log('encode object', () => encoder.encode({}));
    results.push(await video.rejection(encoder.flush()));
    log('reset unconfigured', () => encoder.reset());
    encoder.configure(config);
    log('encode closed frame', () => encoder.encode(closed));
    const own = frame(1);
    log('encode', () => encoder.encode(own));
    results.push(['the frame stays mine', own.format]);
    own.close();
    log('bad configure', () => encoder.configure({ codec: 'vp8' }));
    results.push(encoder.state);
    results.push(await video.rejection(encoder.flush()), outputs.length, encoder.encodeQueueSize);
    encoder.encode(frame(2));
    const flushed = video.rejection(encoder.flush());
    encoder.reset();
    results.push(encoder.state, encoder.encodeQueueSize, await flushed);
    results.push(['outputs after reset', outputs.length]);
    log('encode after reset', () => encoder.encode(frame(3)));
    encoder.configure(config);
    encoder.encode(frame(4));
    const second = video.rejection(encoder.flush());
    encoder.close();
    results.push(encoder.state, await second);
    for (const name of ['encode', 'configure', 'reset', 'close']) log(`${name} closed`, () => encoder[name](name === 'encode' ? frame(5) : config));
    log('bad configure closed', () => encoder.configure({}));
    results.push(await video.rejection(encoder.flush()));
    return results;
  },
  async decoderStates(E, D) {
    const results = [];
    const log = (label, run) => results.push([label, video.attempt(run)]);
    const chunks = (await video.encodeAll(VideoEncoder, { codec: 'vp8', width: 64, height: 48 }, 6, (i) => video.frameOf(64, 48, i))).map(({ chunk }) => chunk);
    const outputs = [];
    const decoder = new D({ output: (frame) => (outputs.push(frame.timestamp), frame.close()), error() {} });
    log('decode unconfigured', () => decoder.decode(chunks[0]));
    log('decode nothing', () => decoder.decode());
    log('decode object', () => decoder.decode({}));
    results.push(await video.rejection(decoder.flush()));
    decoder.configure({ codec: 'vp8' });
    log('delta first', () => decoder.decode(chunks[1]));
    log('key', () => decoder.decode(chunks[0]));
    log('delta', () => decoder.decode(chunks[1]));
    results.push(await video.rejection(decoder.flush()), outputs.slice(), decoder.decodeQueueSize);
    log('delta after flush', () => decoder.decode(chunks[2]));
    decoder.configure({ codec: 'vp8' });
    log('delta after configure', () => decoder.decode(chunks[2]));
    log('key again', () => decoder.decode(chunks[0]));
    const flushed = video.rejection(decoder.flush());
    decoder.reset();
    results.push(decoder.state, decoder.decodeQueueSize, await flushed, outputs.length);
    decoder.close();
    for (const name of ['decode', 'configure', 'reset', 'close']) log(`${name} closed`, () => decoder[name](name === 'decode' ? chunks[0] : { codec: 'vp8' }));
    results.push(await video.rejection(decoder.flush()));
    return results;
  },
};

for (const name of Object.keys(scenes)) {
  test(`WebCodecs: ${name} as the browser's own`, {}, async (t) => {
    await t.page.evaluate(async () => {
      window.Earshot = await harness.loadLibrary();
      window.video = await import('/video.mjs');
    });
    const run = (classes) => t.page.evaluate(`(${asFunction(scenes[name])})(${classes})`);
    const native = await run('VideoEncoder, VideoDecoder');
    deepEqual(await run('Earshot.VideoEncoder, Earshot.VideoDecoder'), native);
  });
}

function asFunction(method) {
  return String(method).replace(/^async (\w+)/, 'async function $1');
}
