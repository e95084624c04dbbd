/** VideoEncoder and VideoDecoder beside the browser's own: each decodes what the other encodes, and both say the same of misuse. */
import assert from 'node:assert/strict';

import { test } from './harness/suite.mjs';

const prepare = async (path) => {
  window.Earshot = await harness.loadLibrary(path);
  window.video = await import('/video.mjs');
};

for (const [width, height, bitrate] of [[640, 360, 1_500_000], [1280, 720, 3_000_000], [33, 17, 300_000], [2, 2, 100_000], [1281, 719, 3_000_000], [176, 146, 400_000]]) {
  test(`WebCodecs: ${width}×${height} comes through ours and the browser's codec, both ways`, {}, async (t) => {
    await t.page.evaluate(prepare);
    const result = await t.page.evaluate(async ({ width, height, bitrate }) => {
      const { encodeAll, decodeAll, frameOf, lumaOf, psnr } = video;
      const count = 8;
      const sources = await Promise.all(Array.from({ length: count }, (_, i) => lumaOf(frameOf(width, height, i))));
      const config = { codec: 'vp8', width, height, bitrate, framerate: 30 };
      const worst = (pictures) => Math.min(...pictures.map(({ luma }, i) => psnr(luma, sources[i].luma)));
      const shapes = (pictures) => [...new Set(pictures.map((one) => `${one.format} ${one.width}x${one.height} ${one.duration}`))];
      const ours = await encodeAll(Earshot.VideoEncoder, config, count, (i) => frameOf(width, height, i));
      const chunks = ours.map(({ chunk }) => chunk);
      const byNative = await decodeAll(VideoDecoder, ours[0].metadata.decoderConfig, chunks);
      const byOurs = await decodeAll(Earshot.VideoDecoder, ours[0].metadata.decoderConfig, chunks);
      // Firefox's own decoder gives RGB out, by BT.601 whatever it was told.
      const inRgb = byNative[0].format !== 'I420';
      const comparable = inRgb ? await decodeAll(Earshot.VideoDecoder, { codec: 'vp8' }, chunks, byNative[0].format) : byOurs;
      const theirs = await encodeAll(VideoEncoder, config, count, (i) => frameOf(width, height, i));
      const native = await decodeAll(Earshot.VideoDecoder, theirs[0].metadata.decoderConfig, theirs.map(({ chunk }) => chunk));
      return {
        types: chunks.map(({ type }) => type),
        isChunk: chunks[0] instanceof EncodedVideoChunk,
        durations: [...new Set(chunks.map(({ duration }) => duration))],
        config: ours[0].metadata.decoderConfig,
        times: [chunks, byNative, byOurs].map((list) => list.map(({ timestamp }) => timestamp)),
        decoders: Math.min(...comparable.map(({ luma }, i) => psnr(luma, byNative[i].luma))),
        shapes: shapes(byOurs),
        psnr: { ours: worst(byOurs), theirs: worst(native) },
        theirTimes: native.map(({ timestamp }) => timestamp),
        colorSpace: byOurs[0].colorSpace,
      };
    }, { width, height, bitrate });
    t.note(`PSNR ours ${result.psnr.ours.toFixed(1)} dB, the browser's ${result.psnr.theirs.toFixed(1)}`);
    const times = Array.from({ length: 8 }, (_, i) => i * 33333);
    assert.deepEqual(result.types, ['key', ...Array(7).fill('delta')]);
    assert.ok(result.isChunk);
    assert.deepEqual(result.durations, [33333]);
    assert.deepEqual([result.config.codec, result.config.codedWidth, result.config.codedHeight], ['vp8', width, height]);
    for (const list of result.times) assert.deepEqual(list, times);
    // VP8 decoders have no choice: every bit is the format's.
    assert.equal(result.decoders, Infinity, 'the decoders differ');
    assert.deepEqual(result.shapes, [`I420 ${width}x${height} 33333`]);
    // Frames mean what the pictures meant; BT.709 is what VideoFrame takes I420 for.
    assert.deepEqual(result.colorSpace, { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false });
    assert.ok(result.psnr.ours > (width > 2 ? 32 : 24), `${result.psnr.ours} dB`);
    assert.deepEqual(result.theirTimes, times);
    assert.ok(result.psnr.theirs > 22, `${result.psnr.theirs} dB`);
  });
}

test('WebCodecs: pictures of other formats, sizes and orders of colours keep their colours', {}, async (t) => {
  await t.page.evaluate(prepare);
  const results = await t.page.evaluate(async (firefox) => {
    const { encodeAll } = video;
    const [width, height] = [96, 64];
    /** Left half of one colour, right half of another. */
    const painted = (w, h) => {
      const canvas = new OffscreenCanvas(w, h);
      const context = canvas.getContext('2d');
      for (const [color, x] of [['rgb(200 40 30)', 0], ['rgb(20 60 180)', w / 2]]) {
        context.fillStyle = color;
        context.fillRect(x, 0, w / 2, h);
      }
      return canvas;
    };
    const rgba = (w, h) => painted(w, h).getContext('2d').getImageData(0, 0, w, h).data;
    const packed = (format, order) => () => {
      const data = rgba(width, height);
      const bytes = data.map((_, i) => data[i - (i % 4) + order[i % 4]]);
      return new VideoFrame(bytes, { format, codedWidth: width, codedHeight: height, timestamp: 0 });
    };
    const planar = (format) => () => {
      // BT.709, limited range, by its formula.
      const colors = [[200, 40, 30], [20, 60, 180]].map(([r, g, b]) => {
        const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        return [16 + (luma * 219) / 255, 128 + ((b - luma) / 1.8556) * (224 / 255), 128 + ((r - luma) / 1.5748) * (224 / 255)];
      });
      const bytes = [];
      const plane = (w, h, ...parts) => {
        for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) for (const part of parts) bytes.push(Math.round(colors[x < w / 2 ? 0 : 1][part]));
      };
      plane(width, height, 0);
      if (format === 'NV12') plane(width / 2, height / 2, 1, 2);
      else for (const part of [1, 2]) plane(format === 'I444' ? width : width / 2, format === 'I420' ? height / 2 : height, part);
      return new VideoFrame(Uint8Array.from(bytes), { format, codedWidth: width, codedHeight: height, timestamp: 0 });
    };
    const sources = {
      canvas: () => new VideoFrame(painted(width, height), { timestamp: 0 }),
      larger: () => new VideoFrame(painted(3 * width, 2 * height), { timestamp: 0 }),
      smaller: () => new VideoFrame(painted(width / 2, height / 2), { timestamp: 0 }),
      cropped: () => new VideoFrame(new VideoFrame(painted(2 * width, 2 * height), { timestamp: 0 }), { visibleRect: { x: width / 2, y: 0, width, height } }),
      RGBX: packed('RGBX', [0, 1, 2, 3]),
      BGRA: packed('BGRA', [2, 1, 0, 3]),
      I420: planar('I420'),
      NV12: planar('NV12'),
      I422: planar('I422'),
      I444: planar('I444'),
      plainRgba: () => ({ format: 'RGBA', codedWidth: width, codedHeight: height, data: new Uint8Array(rgba(width, height)), timestamp: 0 }),
      plainOdd: () => ({ format: 'RGBA', codedWidth: width + 3, codedHeight: height + 1, data: new Uint8Array(rgba(width + 3, height + 1)), timestamp: 0 }),
    };
    const results = {};
    for (const [name, source] of Object.entries(sources)) {
      try {
        source().close?.();
      } catch {
        continue; // Firefox has no I422 and I444.
      }
      const outputs = await encodeAll(Earshot.VideoEncoder, { codec: 'vp8', width, height, bitrate: 1_000_000, earshot: { maxQuantizer: 10 } }, 1, source);
      const { decoderConfig } = outputs[0].metadata;
      const { matrix } = decoderConfig.colorSpace;
      for (const [by, Decoder] of [['ours', Earshot.VideoDecoder], ['native', VideoDecoder]]) {
        // Firefox's own takes everything for BT.601.
        if (by === 'native' && matrix === 'bt709' && firefox) continue;
        const shown = new OffscreenCanvas(width, height).getContext('2d');
        const decoder = new Decoder({ output: (frame) => (shown.drawImage(frame, 0, 0), frame.close()), error: (error) => console.error(error) });
        decoder.configure(decoderConfig);
        decoder.decode(outputs[0].chunk);
        await decoder.flush();
        const at = (x) => [...shown.getImageData(x, height / 2, 1, 1).data.slice(0, 3)];
        results[`${name} by ${by}`] = { left: at(width / 4), right: at((3 * width) / 4), matrix };
      }
    }
    return results;
  }, t.browser === 'firefox');
  const near = (color, wanted) => color.every((value, i) => Math.abs(value - wanted[i]) <= 8);
  for (const [name, { left, right, matrix }] of Object.entries(results)) {
    assert.ok(near(left, [200, 40, 30]) && near(right, [20, 60, 180]), `${name}: ${left} and ${right} as ${matrix}`);
    assert.equal(matrix, /^(I4|NV)/.test(name) ? 'bt709' : 'smpte170m', name);
  }
  assert.ok(Object.keys(results).length >= 16, Object.keys(results).join());
});

/** Scenes of use and misuse; each returns what happened. Run in the page with the browser's classes and with ours. */
const scenes = {
  async construction(E, D) {
    const attempts = [];
    for (const init of [undefined, {}, { output: () => {} }, { error: () => {} }, { output: 1, error: () => {} }, { output: () => {}, error: () => {} }]) {
      for (const Class of [E, D]) attempts.push(attempt(() => new Class(init).state));
    }
    attempts.push(attempt(() => E({ output() {}, error() {} })));
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
      const configured = attempt(() => encoder.configure(config));
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
      results.push([JSON.stringify(config), support, attempt(() => decoder.configure(config)), decoder.state]);
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
      results.push(codec.error instanceof DOMException, codec.error.name, codec.one.state, attempt(() => codec.one.configure(config)), attempt(() => codec.one.close()));
    }
    return results;
  },
  async encoderStates(E) {
    const results = [];
    const log = (label, run) => results.push([label, attempt(run)]);
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
    results.push(await rejection(encoder.flush()));
    log('reset unconfigured', () => encoder.reset());
    encoder.configure(config);
    log('encode closed frame', () => encoder.encode(closed));
    const own = frame(1);
    log('encode', () => encoder.encode(own));
    results.push(['the frame stays mine', own.format]);
    own.close();
    log('bad configure', () => encoder.configure({ codec: 'vp8' }));
    results.push(encoder.state);
    results.push(await rejection(encoder.flush()), outputs.length, encoder.encodeQueueSize);
    encoder.encode(frame(2));
    const flushed = rejection(encoder.flush());
    encoder.reset();
    results.push(encoder.state, encoder.encodeQueueSize, await flushed);
    results.push(['outputs after reset', outputs.length]);
    log('encode after reset', () => encoder.encode(frame(3)));
    encoder.configure(config);
    encoder.encode(frame(4));
    const second = rejection(encoder.flush());
    encoder.close();
    results.push(encoder.state, await second);
    for (const name of ['encode', 'configure', 'reset', 'close']) log(`${name} closed`, () => encoder[name](name === 'encode' ? frame(5) : config));
    log('bad configure closed', () => encoder.configure({}));
    results.push(await rejection(encoder.flush()));
    return results;
  },
  async decoderStates(E, D) {
    const results = [];
    const log = (label, run) => results.push([label, attempt(run)]);
    const chunks = (await video.encodeAll(VideoEncoder, { codec: 'vp8', width: 64, height: 48 }, 6, (i) => video.frameOf(64, 48, i))).map(({ chunk }) => chunk);
    const outputs = [];
    const decoder = new D({ output: (frame) => (outputs.push(frame.timestamp), frame.close()), error() {} });
    log('decode unconfigured', () => decoder.decode(chunks[0]));
    log('decode nothing', () => decoder.decode());
    log('decode object', () => decoder.decode({}));
    results.push(await rejection(decoder.flush()));
    decoder.configure({ codec: 'vp8' });
    log('delta first', () => decoder.decode(chunks[1]));
    log('key', () => decoder.decode(chunks[0]));
    log('delta', () => decoder.decode(chunks[1]));
    results.push(await rejection(decoder.flush()), outputs.slice(), decoder.decodeQueueSize);
    log('delta after flush', () => decoder.decode(chunks[2]));
    decoder.configure({ codec: 'vp8' });
    log('delta after configure', () => decoder.decode(chunks[2]));
    log('key again', () => decoder.decode(chunks[0]));
    const flushed = rejection(decoder.flush());
    decoder.reset();
    results.push(decoder.state, decoder.decodeQueueSize, await flushed, outputs.length);
    decoder.close();
    for (const name of ['decode', 'configure', 'reset', 'close']) log(`${name} closed`, () => decoder[name](name === 'decode' ? chunks[0] : { codec: 'vp8' }));
    results.push(await rejection(decoder.flush()));
    return results;
  },
};

/** In the page: the outcome of something as text. */
const helpers = () => {
  window.attempt = (run) => {
    try {
      const result = run();
      return result === undefined ? 'ok' : String(result);
    } catch (error) {
      return error.name;
    }
  };
  window.rejection = (promise) => promise.then(() => 'resolved', (error) => `rejected ${error.name}`);
};

for (const name of Object.keys(scenes)) {
  test(`WebCodecs: ${name} as the browser's own`, {}, async (t) => {
    await t.page.evaluate(prepare);
    await t.page.evaluate(helpers);
    const run = (classes) => t.page.evaluate(`(${asFunction(scenes[name])})(${classes})`);
    const native = await run('VideoEncoder, VideoDecoder');
    assert.deepEqual(await run('Earshot.VideoEncoder, Earshot.VideoDecoder'), native);
  });
}

test('WebCodecs: what is no VP8 is an EncodingError and the end of the decoder', {}, async (t) => {
  await t.page.evaluate(prepare);
  await t.page.evaluate(helpers);
  const results = await t.page.evaluate(async () => {
    const [key, delta] = (await video.encodeAll(VideoEncoder, { codec: 'vp8', width: 64, height: 48 }, 2, (i) => video.frameOf(64, 48, i))).map(({ chunk }) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      return data;
    });
    const huge = key.slice();
    new DataView(huge.buffer).setUint32(6, 0x3fff3fff, true);
    const chunk = (type, data) => new EncodedVideoChunk({ type, timestamp: 0, data });
    const damaged = {
      cut: [chunk('key', key.subarray(0, 9))],
      mislabelled: [chunk('key', delta)],
      huge: [chunk('key', huge)],
      partition: [chunk('key', key.subarray(0, 20))],
      delta: [chunk('key', key), chunk('delta', delta.subarray(0, 2))],
      noise: [chunk('key', key), chunk('delta', Uint8Array.from({ length: 500 }, (_, i) => (i * 7919) >> 3))],
      empty: [chunk('key', key), chunk('delta', new Uint8Array(0))],
    };
    const results = {};
    for (const [name, chunks] of Object.entries(damaged)) {
      let frames = 0;
      results[name] = await new Promise((resolve) => {
        const decoder = new Earshot.VideoDecoder({ output: (frame) => (frames++, frame.close()), error: (error) => resolve([error.name, decoder.state, frames, flushed]) });
        decoder.configure({ codec: 'vp8' });
        let flushed = '';
        for (const one of chunks) {
          const outcome = attempt(() => decoder.decode(one));
          if (outcome !== 'ok') return resolve([outcome, decoder.state]);
        }
        rejection(decoder.flush()).then((how) => (flushed = how));
      });
    }
    return results;
  });
  for (const name of ['cut', 'mislabelled']) assert.deepEqual(results[name], ['DataError', 'configured'], name);
  for (const name of ['huge', 'partition']) assert.deepEqual(results[name].slice(0, 3), ['EncodingError', 'closed', 0], name);
  for (const name of ['delta', 'noise', 'empty']) assert.deepEqual(results[name].slice(0, 3), ['EncodingError', 'closed', 1], name);
});

test('WebCodecs: the queue is bounded by waiting for dequeue, and reset drops what waits', {}, async (t) => {
  await t.page.evaluate(prepare);
  await t.page.evaluate(helpers);
  const result = await t.page.evaluate(async () => {
    const [width, height, count] = [320, 240, 40];
    const outputs = [];
    const sizes = [];
    let dequeues = 0;
    const encoder = new Earshot.VideoEncoder({ output: (chunk) => outputs.push(chunk), error: (error) => outputs.push(error) });
    encoder.ondequeue = () => (dequeues++, sizes.push(encoder.encodeQueueSize));
    let heard = 0;
    encoder.addEventListener('dequeue', () => heard++);
    encoder.configure({ codec: 'vp8', width, height });
    const encode = (i) => {
      const frame = video.frameOf(width, height, i);
      encoder.encode(frame);
      frame.close();
    };
    for (let i = 0; i < count; i++) encode(i);
    const atOnce = encoder.encodeQueueSize;
    await encoder.flush();
    const first = { atOnce, dequeues, heard, sizes: sizes.slice(), outputs: outputs.length, left: encoder.encodeQueueSize };
    // Waiting for dequeue.
    let highest = 0;
    for (let i = 0; i < count; i++) {
      while (encoder.encodeQueueSize >= 2) await new Promise((resolve) => encoder.addEventListener('dequeue', resolve, { once: true }));
      encode(count + i);
      highest = Math.max(highest, encoder.encodeQueueSize);
    }
    await encoder.flush();
    const second = { highest, outputs: outputs.length };
    // Reset with much in the queue.
    for (let i = 0; i < count; i++) encode(2 * count + i);
    const flushed = rejection(encoder.flush());
    const before = outputs.length;
    encoder.reset();
    const state = { size: encoder.encodeQueueSize, flushed: await flushed, state: encoder.state };
    await video.sleep(300);
    const late = outputs.length - before;
    encoder.ondequeue = null;
    encoder.configure({ codec: 'vp8', width, height });
    encode(0);
    await encoder.flush();
    const again = outputs.at(-1).type;
    encoder.close();
    return { first, second, state, late, again, count };
  });
  const { first, second, count } = result;
  assert.ok(first.atOnce >= count - 3 && first.atOnce < count, `${first.atOnce} in the queue`);
  assert.ok(first.dequeues >= first.atOnce && first.heard === first.dequeues, `${first.dequeues} events`);
  assert.deepEqual(first.sizes, first.sizes.toSorted((a, b) => b - a));
  assert.deepEqual([first.left, first.outputs, first.sizes.at(-1)], [0, count, 0]);
  assert.equal(second.highest, 2);
  assert.equal(second.outputs, 2 * count);
  assert.deepEqual(result.state, { size: 0, flushed: 'rejected AbortError', state: 'unconfigured' });
  assert.equal(result.late, 0);
  assert.equal(result.again, 'key');
});

test('WebCodecs: settings change within the stream, sizes with a key frame, and layers can be left out', {}, async (t) => {
  await t.page.evaluate(prepare);
  const result = await t.page.evaluate(async () => {
    const { frameOf, decodeAll } = video;
    const outputs = [];
    const encoder = new Earshot.VideoEncoder({ output: (chunk, metadata) => outputs.push({ chunk, metadata }), error: (error) => outputs.push(error) });
    const base = { codec: 'vp8', width: 320, height: 240, framerate: 30, latencyMode: 'realtime', scalabilityMode: 'L1T3' };
    let time = 0;
    const run = async (config, count, keyFrame = false) => {
      const from = outputs.length;
      encoder.configure({ ...base, ...config });
      for (let i = 0; i < count; i++) {
        const frame = frameOf(320, 240, time++);
        encoder.encode(frame, { keyFrame: keyFrame && i === 0 });
        frame.close();
      }
      await encoder.flush();
      const made = outputs.slice(from);
      return {
        keys: made.map(({ chunk }, i) => (chunk.type === 'key' ? i : -1)).filter((i) => i >= 0),
        bytes: made.slice(20).reduce((sum, { chunk }) => sum + chunk.byteLength, 0),
        layers: made.slice(0, 8).map(({ metadata }) => metadata.svc?.temporalLayerId),
        discardable: made.slice(0, 8).map(({ metadata }) => metadata.earshot.discardable),
        config: made.find(({ metadata }) => metadata.decoderConfig)?.metadata.decoderConfig,
      };
    };
    const parts = [await run({ bitrate: 800_000 }, 50), await run({ bitrate: 200_000 }, 50), await run({ bitrate: 200_000 }, 5, true)];
    const config = outputs[0].metadata.decoderConfig;
    const full = await decodeAll(VideoDecoder, config, outputs.map(({ chunk }) => chunk));
    const lower = await decodeAll(VideoDecoder, config, outputs.filter(({ metadata }) => metadata.svc.temporalLayerId < 1).map(({ chunk }) => chunk));
    const byTime = new Map(full.map((one) => [one.timestamp, one.luma]));
    const differing = lower.filter(({ timestamp, luma }) => luma.some((value, i) => value !== byTime.get(timestamp)[i])).length;
    parts.push(await run({ bitrate: 200_000, width: 160, height: 120 }, 5), await run({ bitrate: 200_000, scalabilityMode: undefined, width: 640, height: 480 }, 5));
    encoder.close();
    return { parts, differing, lower: lower.length, full: full.length };
  });
  const [fast, slow, asked, small, large] = result.parts;
  assert.deepEqual([fast.keys, slow.keys, asked.keys, small.keys, large.keys], [[0], [], [0], [0], [0]]);
  assert.ok(slow.bytes < 0.45 * fast.bytes, `${slow.bytes} bytes after ${fast.bytes}`);
  assert.deepEqual(fast.layers, [0, 2, 1, 2, 0, 2, 1, 2]);
  assert.deepEqual(fast.discardable.slice(1, 4), [true, false, true]);
  assert.deepEqual([small.config.codedWidth, small.config.codedHeight, large.config.codedWidth], [160, 120, 640]);
  assert.equal(large.layers[0], undefined);
  assert.ok(result.lower > 20 && result.differing === 0, `${result.differing} of ${result.lower} pictures differ without the upper layers`);
});

test('WebCodecs: a fault of the module is an EncodingError and the end of the codec', {}, async (t) => {
  await t.page.evaluate(prepare, '/faulty/vp8_encoder_encode/3/earshot.js');
  const result = await t.page.evaluate(async () => {
    let outputs = 0;
    const failed = new Promise((resolve) => {
      const encoder = new Earshot.VideoEncoder({ output: () => outputs++, error: (error) => resolve([error.name, encoder.state, outputs]) });
      encoder.configure({ codec: 'vp8', width: 64, height: 48 });
      for (let i = 0; i < 6; i++) encoder.encode(video.frameOf(64, 48, i));
    });
    return failed;
  });
  assert.deepEqual(result, ['EncodingError', 'closed', 3]);
});

test('WebCodecs: without its files a codec says so, once', {}, async (t) => {
  await t.page.evaluate(prepare);
  const result = await t.page.evaluate(async () => {
    const errors = [];
    // The module first: what was found once stays.
    for (const configuration of [{ wasmUrl: { video: '/nothing.wasm' } }, { wasmUrl: undefined, videoWorkerUrl: '/nothing.js' }]) {
      Earshot.configure(configuration);
      const error = await new Promise((resolve) => {
        const decoder = new Earshot.VideoDecoder({ output() {}, error: resolve });
        decoder.configure({ codec: 'vp8' });
      });
      errors.push([error.name, error.message]);
    }
    return errors;
  });
  for (const [name, message] of result) {
    assert.equal(name, 'OperationError');
    assert.match(message, /configure\(\{ baseUrl \}\)/);
  }
});

test('WebCodecs: codecs work inside a worker too', {}, async (t) => {
  const result = await t.page.evaluate(async () => {
    const script = `
      importScripts('${location.origin}/dist/earshot.js');
      const { VideoEncoder, VideoDecoder } = Earshot;
      Earshot.configure({ baseUrl: '${location.origin}/dist/' });
      const decoder = new VideoDecoder({ output: (frame) => { postMessage([frame.format, frame.codedWidth, frame.timestamp]); frame.close(); }, error: (error) => postMessage(String(error)) });
      decoder.configure({ codec: 'vp8' });
      const encoder = new VideoEncoder({ output: (chunk) => decoder.decode(chunk), error: (error) => postMessage(String(error)) });
      encoder.configure({ codec: 'vp8', width: 64, height: 48 });
      encoder.encode(new VideoFrame(new Uint8Array(64 * 48 * 3 / 2), { format: 'I420', codedWidth: 64, codedHeight: 48, timestamp: 7 }));`;
    const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
    const answer = await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => resolve(event.message);
    });
    worker.terminate();
    return answer;
  });
  assert.deepEqual(result, ['I420', 64, 7]);
});

function asFunction(method) {
  return String(method).replace(/^async (\w+)/, 'async function $1');
}
