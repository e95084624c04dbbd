/** H.264 in VideoEncoder and VideoDecoder, between the browser's own where it has them. */
import assert from 'node:assert/strict';

import { test } from './harness/suite.mjs';

const COUNT = 12;
const TIMES = Array.from({ length: COUNT }, (_, i) => i * 33333);
const BT601 = { primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m', fullRange: false };
const BT709 = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false };

/** In the page. */
async function prepare(path) {
  window.Earshot = await harness.loadLibrary(path);
  window.video = await import('/video.mjs');
  window.H264 = { codec: 'avc1.42e01f', width: 320, height: 180, bitrate: 1_500_000, framerate: 30, earshot: { acceptH264Patents: true } };
  /** What becomes of chunks in a decoder of ours. */
  window.outcome = (config, chunks) =>
    new Promise((resolve) => {
      let frames = 0;
      const decoder = new Earshot.VideoDecoder({ output: (frame) => (frames++, frame.close()), error: ({ name, message }) => resolve({ name, message, frames, state: decoder.state }) });
      decoder.configure(config);
      for (const chunk of chunks) decoder.decode(chunk);
      decoder.flush().then(() => resolve({ name: 'none', frames }), () => {});
    });
}

for (const [format, width, height] of [['avc', 320, 180], ['annexb', 320, 180], ['avc', 1280, 720], ['annexb', 16, 16]]) {
  test(`WebCodecs H.264: ${width}×${height} as ${format} comes through ours and the browser's codec, both ways`, {}, async (t) => {
    await t.page.evaluate(prepare);
    const result = await t.page.evaluate(async ({ format, width, height, count }) => {
      const { encodeAll, decodeAll, frameOf, lumaOf, psnr } = video;
      const sources = await Promise.all(Array.from({ length: count }, (_, i) => lumaOf(frameOf(width, height, i))));
      const worst = (pictures) => Math.min(...pictures.map(({ luma }, i) => psnr(luma, sources[i].luma)));
      const config = { ...H264, width, height, bitrate: Math.max(200_000, width * height * 20), avc: { format } };
      const ours = await encodeAll(Earshot.VideoEncoder, config, count, (i) => frameOf(width, height, i), [6]);
      const chunks = ours.map(({ chunk }) => chunk);
      const { decoderConfig } = ours[0].metadata;
      const byOurs = await decodeAll(Earshot.VideoDecoder, decoderConfig, chunks);
      const plain = await decodeAll(Earshot.VideoDecoder, { ...decoderConfig, colorSpace: undefined }, chunks.slice(0, 1));
      const result = {
        types: chunks.map(({ type }) => type),
        configs: ours.map(({ metadata }) => metadata.decoderConfig !== undefined),
        codec: decoderConfig.codec,
        size: [decoderConfig.codedWidth, decoderConfig.codedHeight],
        described: decoderConfig.description?.[0] ?? null,
        times: byOurs.map(({ timestamp }) => timestamp),
        shape: [byOurs[0].format, byOurs[0].width, byOurs[0].height, byOurs[0].duration],
        colorSpace: byOurs[0].colorSpace,
        impliedColorSpace: plain[0].colorSpace,
        psnr: worst(byOurs),
      };
      const native = { codec: decoderConfig.codec, width, height, bitrate: config.bitrate, framerate: 30, avc: { format } };
      const supports = async (Class, one) => (await Class.isConfigSupported(one).catch(() => ({}))).supported === true;
      if (await supports(VideoDecoder, decoderConfig)) {
        const byNative = await decodeAll(VideoDecoder, decoderConfig, chunks);
        result.native = { times: byNative.map(({ timestamp }) => timestamp), same: Math.min(...byNative.map(({ luma }, i) => psnr(luma, byOurs[i].luma))), format: byNative[0].format };
      }
      // Chromium's has a smallest size of its own.
      const theirConfig = { ...native, codec: 'avc1.42e01f', latencyMode: 'realtime' };
      if (await supports(VideoEncoder, theirConfig)) {
        const theirs = await encodeAll(VideoEncoder, theirConfig, count, (i) => frameOf(width, height, i));
        const pictures = await decodeAll(Earshot.VideoDecoder, theirs[0].metadata.decoderConfig, theirs.map(({ chunk }) => chunk));
        result.theirs = { times: pictures.map(({ timestamp }) => timestamp), psnr: worst(pictures), described: theirs[0].metadata.decoderConfig.description !== undefined };
      }
      return result;
    }, { format, width, height, count: COUNT });
    t.note(`PSNR ours ${result.psnr.toFixed(1)} dB, the browser's ${result.theirs ? result.theirs.psnr.toFixed(1) : 'not there'}`);
    assert.deepEqual(result.types, TIMES.map((_, i) => (i === 0 || i === 6 ? 'key' : 'delta')));
    assert.deepEqual(result.configs, result.types.map((type) => type === 'key'));
    assert.match(result.codec, /^avc1\.42[c-f][0-9a-f]{3}$/);
    assert.deepEqual(result.size, [width, height]);
    assert.equal(result.described, format === 'avc' ? 1 : null);
    assert.deepEqual(result.times, TIMES);
    assert.deepEqual(result.shape, ['I420', width, height, 33333]);
    assert.deepEqual(result.colorSpace, BT709);
    assert.deepEqual(result.impliedColorSpace, height >= 720 ? BT709 : BT601);
    assert.ok(result.psnr > 28, `${result.psnr} dB`);
    if (result.native) {
      assert.deepEqual(result.native.times, TIMES);
      // H.264 decoders have no choice either.
      if (/^(I420|NV12)/.test(result.native.format)) assert.equal(result.native.same, Infinity, 'the decoders differ');
    }
    if (result.theirs) {
      assert.deepEqual(result.theirs.times, TIMES);
      assert.equal(result.theirs.described, format === 'avc');
      assert.ok(result.theirs.psnr > 22, `${result.theirs.psnr} dB`);
    }
    // So that it does not pass for want of a peer.
    if (t.browser === 'chromium' && width >= 320) assert.ok(result.native && result.theirs, 'the browser has no H.264');
  });
}

test('WebCodecs H.264: rates change within the stream, all else with a key frame, also the codec; layers can be left out', {}, async (t) => {
  await t.page.evaluate(prepare);
  const result = await t.page.evaluate(async () => {
    const { frameOf, decodeAll } = video;
    const outputs = [];
    const encoder = new Earshot.VideoEncoder({ output: (chunk, metadata) => outputs.push({ chunk, metadata }), error: (error) => outputs.push(error) });
    let time = 0;
    const run = async (config, count) => {
      const from = outputs.length;
      encoder.configure({ ...H264, ...config });
      for (let i = 0; i < count; i++) {
        const frame = frameOf(320, 180, time++);
        encoder.encode(frame);
        frame.close();
      }
      await encoder.flush();
      const made = outputs.slice(from);
      return {
        keys: made.flatMap(({ chunk }, i) => (chunk.type === 'key' ? [i] : [])),
        bytes: made.slice(20).reduce((sum, { chunk }) => sum + chunk.byteLength, 0),
        config: made[0].metadata.decoderConfig,
        made,
      };
    };
    const fast = await run({ bitrate: 1_000_000 }, 50);
    const slow = await run({ bitrate: 250_000 }, 50);
    const small = await run({ bitrate: 250_000, width: 160, height: 90 }, 3);
    const interval = await run({ bitrate: 250_000, earshot: { ...H264.earshot, maxKeyFrameInterval: 4 } }, 10);
    const vp8 = await run({ codec: 'vp8' }, 2);
    const back = await run({}, 2);
    const layered = await run({ scalabilityMode: 'L1T3' }, 17);
    // One decoder takes them all, configured as it is told.
    const sizes = [];
    const decoder = new Earshot.VideoDecoder({ output: (frame) => (sizes.push(frame.codedWidth), frame.close()), error: (error) => sizes.push(error.message) });
    for (const { chunk, metadata } of outputs) {
      if (metadata.decoderConfig) decoder.configure(metadata.decoderConfig);
      decoder.decode(chunk);
    }
    await decoder.flush();
    const chunks = (list) => list.map(({ chunk }) => chunk);
    const full = new Map((await decodeAll(Earshot.VideoDecoder, layered.config, chunks(layered.made))).map((one) => [one.timestamp, one.luma]));
    const lower = await decodeAll(Earshot.VideoDecoder, layered.config, chunks(layered.made.filter(({ metadata }) => metadata.svc.temporalLayerId === 0)));
    const kept = await decodeAll(Earshot.VideoDecoder, layered.config, chunks(layered.made.filter(({ metadata }) => !metadata.earshot.discardable)));
    const differing = (pictures) => pictures.filter(({ timestamp, luma }) => luma.some((value, i) => value !== full.get(timestamp)[i])).length;
    const parts = { fast, slow, small, interval, vp8, back, layered };
    return {
      keys: Object.fromEntries(Object.entries(parts).map(([name, { keys }]) => [name, keys])),
      bytes: [fast.bytes, slow.bytes],
      codecs: [small.config.codec.slice(0, 7), small.config.codedWidth, vp8.config.codec, back.config.codec.slice(0, 7)],
      layers: layered.made.slice(0, 5).map(({ metadata }) => metadata.svc.temporalLayerId),
      discardable: layered.made.slice(0, 5).map(({ metadata }) => metadata.earshot.discardable),
      sizes,
      outputs: outputs.length,
      lower: [lower.length, differing(lower), kept.length, differing(kept)],
    };
  });
  assert.deepEqual(result.keys, { fast: [0], slow: [], small: [0], interval: [0, 4, 8], vp8: [0], back: [0], layered: [0] });
  assert.ok(result.bytes[1] < 0.5 * result.bytes[0], `${result.bytes[1]} bytes after ${result.bytes[0]}`);
  assert.deepEqual(result.codecs, ['avc1.42', 160, 'vp8', 'avc1.42']);
  assert.deepEqual(result.sizes, Array.from({ length: result.outputs }, (_, i) => (i >= 100 && i < 103 ? 160 : 320)));
  assert.deepEqual(result.layers, [0, 2, 1, 2, 0]);
  assert.deepEqual(result.discardable, [false, true, false, true, false]);
  assert.deepEqual(result.lower, [5, 0, 9, 0]);
});

test('WebCodecs H.264: pictures of another size and in RGB are converted', {}, async (t) => {
  await t.page.evaluate(prepare);
  const result = await t.page.evaluate(async () => {
    const { encodeAll } = video;
    const canvas = new OffscreenCanvas(500, 300);
    const context = canvas.getContext('2d');
    for (const [color, x] of [['rgb(200 40 30)', 0], ['rgb(20 60 180)', 250]]) {
      context.fillStyle = color;
      context.fillRect(x, 0, 250, 300);
    }
    const outputs = await encodeAll(Earshot.VideoEncoder, H264, 1, () => new VideoFrame(canvas, { timestamp: 0 }));
    const shown = new OffscreenCanvas(320, 180).getContext('2d');
    const decoder = new Earshot.VideoDecoder({ output: (frame) => (shown.drawImage(frame, 0, 0), frame.close()), error() {} });
    decoder.configure(outputs[0].metadata.decoderConfig);
    decoder.decode(outputs[0].chunk);
    await decoder.flush();
    return [80, 240].map((x) => [...shown.getImageData(x, 90, 1, 1).data.slice(0, 3)]);
  });
  for (const [i, color] of [[200, 40, 30], [20, 60, 180]].entries()) {
    for (const [k, value] of color.entries()) assert.ok(Math.abs(result[i][k] - value) < 12, `${result[i]} for ${color}`);
  }
});

test('WebCodecs H.264: garbage is an EncodingError, and what is not decoded is named', {}, async (t) => {
  await t.page.evaluate(prepare);
  const result = await t.page.evaluate(async () => {
    const { encodeAll, frameOf } = video;
    const made = await encodeAll(Earshot.VideoEncoder, { ...H264, avc: { format: 'annexb' } }, 3, (i) => frameOf(320, 180, i));
    const config = made[0].metadata.decoderConfig;
    const [key, delta] = made.map(({ chunk }) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      return data;
    });
    const chunk = (type, data) => new EncodedVideoChunk({ type, timestamp: 0, data });
    // The slice header says first_mb_in_slice ue(v) = 0, slice_type ue(v): P is 5 or 0, B is 6 or 1 (Table 7-6).
    const asB = delta.slice();
    asB[5] = 0b1_010_0000 | (delta[5] & 0b1111);
    const noise = Uint8Array.from({ length: 400 }, (_, i) => (i * 197 + (i >> 3) * 31) & 255);
    // Extended, whose parameter sets are written as those of Baseline.
    const extended = key.slice();
    extended[5] = 88;
    const startCodesAsLengths = { ...config, description: Uint8Array.of(1, 0x42, 0xc0, 0x1e, 0xff, 0xe0, 0) };
    return {
      noise: await outcome(config, [chunk('key', key), chunk('delta', noise)]),
      empty: await outcome(config, [chunk('key', key), chunk('delta', new Uint8Array(0))]),
      cut: await outcome(config, [chunk('key', key.slice(0, key.length >> 1))]),
      slices: await outcome(config, [chunk('key', key), chunk('delta', asB)]),
      profile: await outcome(config, [chunk('key', extended)]),
      description: await outcome(startCodesAsLengths, []),
      nothing: await outcome(config, [chunk('key', key), chunk('delta', delta)]),
    };
  });
  for (const [name, frames] of [['noise', 1], ['empty', 1], ['cut', 0], ['slices', 1], ['profile', 0], ['description', 0]]) {
    assert.deepEqual([result[name].name, result[name].state, result[name].frames], ['EncodingError', 'closed', frames], name);
  }
  assert.match(result.slices.message, /B slices/);
  assert.match(result.profile.message, /profile 88/);
  assert.deepEqual(result.nothing, { name: 'none', frames: 2 });
});

test('WebCodecs H.264: without the patents accepted there is no encoder', {}, async (t) => {
  await t.page.evaluate(prepare);
  const result = await t.page.evaluate(async () => {
    const config = { ...H264, earshot: {} };
    const error = await new Promise((resolve) => {
      const encoder = new Earshot.VideoEncoder({ output() {}, error: resolve });
      encoder.configure(config);
    });
    return [error.name, error.message, (await Earshot.VideoEncoder.isConfigSupported(config)).supported, (await Earshot.VideoEncoder.isConfigSupported(H264)).supported];
  });
  assert.equal(result[0], 'NotSupportedError');
  assert.match(result[1], /acceptH264Patents/);
  assert.deepEqual(result.slice(2), [false, true]);
});

test('WebCodecs H.264: a fault of the module is an EncodingError and the end of the codec', {}, async (t) => {
  await t.page.evaluate(prepare, '/faulty/h264_encoder_encode/3/earshot.js');
  const result = await t.page.evaluate(async () => {
    let outputs = 0;
    return new Promise((resolve) => {
      const encoder = new Earshot.VideoEncoder({ output: () => outputs++, error: (error) => resolve([error.name, encoder.state, outputs]) });
      encoder.configure(H264);
      for (let i = 0; i < 6; i++) encoder.encode(video.frameOf(320, 180, i));
    });
  });
  assert.deepEqual(result, ['EncodingError', 'closed', 3]);
});
