/** VideoTranscoder between the browser's own encoders and decoders. */
import assert from 'node:assert/strict';

import { test } from './harness/suite.mjs';

const COUNT = 24;
const TIMES = Array.from({ length: COUNT }, (_, i) => i * 33333);

const prepare = async () => {
  window.Earshot = await harness.loadLibrary();
  window.video = await import('/video.mjs');
  /** Transcodes chunks; resolves with outputs and what was dropped. */
  window.transcodeAll = async (config, chunks, during = () => {}) => {
    const [outputs, dropped] = [[], []];
    let failure;
    const transcoder = new Earshot.VideoTranscoder({
      output: (chunk, metadata) => outputs.push({ chunk, metadata }),
      dropped: (frame) => dropped.push(frame),
      error: (error) => (failure = error),
    });
    transcoder.configure(config);
    for (const [i, chunk] of chunks.entries()) {
      during(transcoder, i);
      transcoder.transcode(chunk);
      while (transcoder.transcodeQueueSize > 4) await video.sleep(1);
    }
    await transcoder.flush();
    if (failure) throw failure;
    transcoder.close();
    return { outputs, dropped };
  };
};

/** In the page: encodes with the browser's encoder, transcodes, decodes with the browser's decoder. */
async function throughOurs({ count, config, transcoder, keyFrames }) {
  const { encodeAll, decodeAll, frameOf, lumaOf, psnr } = video;
  const [width, height] = [320, 180];
  const h264 = config.codec.startsWith('avc1');
  const encoderConfig = { width, height, bitrate: 1_500_000, framerate: 30, latencyMode: 'realtime', ...(h264 && { avc: { format: 'annexb' } }), ...config };
  const outCodec = transcoder.to;
  const supported = [
    (await VideoEncoder.isConfigSupported(encoderConfig)).supported,
    (await VideoDecoder.isConfigSupported({ codec: outCodec, codedWidth: width, codedHeight: height })).supported,
  ];
  if (supported.includes(false)) return { missing: `the browser has no ${supported[0] ? `decoder for ${outCodec}` : `encoder for ${config.codec}`}` };
  const native = await encodeAll(VideoEncoder, encoderConfig, count, (i) => frameOf(width, height, i), keyFrames);
  const { outputs, dropped } = await transcodeAll({ from: config.codec, bitrate: 1_500_000, ...transcoder }, native.map(({ chunk }) => chunk));
  const pictures = await decodeAll(VideoDecoder, outputs[0].metadata.decoderConfig, outputs.map(({ chunk }) => chunk));
  const sources = await Promise.all(Array.from({ length: count }, (_, i) => lumaOf(frameOf(width, height, i))));
  const inRgb = !/^(I420|NV12)/.test(pictures[0].format);
  return {
    inTypes: native.map(({ chunk }) => chunk.type),
    types: outputs.map(({ chunk }) => chunk.type),
    times: outputs.map(({ chunk }) => chunk.timestamp),
    pictureTimes: pictures.map(({ timestamp }) => timestamp),
    dropped,
    codec: outputs[0].metadata.decoderConfig.codec,
    size: [pictures[0].width, pictures[0].height],
    psnr: inRgb ? null : Math.min(...pictures.map(({ luma }, i) => psnr(luma, sources[i].luma))),
  };
}

for (const [name, options] of [
  ['VP8 to H.264', { config: { codec: 'vp8' }, transcoder: { to: 'avc1.42001f', acceptH264Patents: true } }],
  ['VP8 to H.264 with lengths', { config: { codec: 'vp8' }, transcoder: { to: 'avc1.42001f', acceptH264Patents: true, avc: { format: 'avc' } } }],
  ['H.264 to VP8', { config: { codec: 'avc1.42001f' }, transcoder: { to: 'vp8' } }],
]) {
  test(`Transcoding: ${name}, from the browser's encoder to its decoder`, {}, async (t) => {
    await t.page.evaluate(prepare);
    const result = await t.page.evaluate(throughOurs, { count: COUNT, keyFrames: [0, 12], ...options });
    if (result.missing) return t.note(result.missing);
    if (result.psnr !== null) t.note(`PSNR ${result.psnr.toFixed(1)} dB`);
    assert.deepEqual(result.dropped, []);
    assert.deepEqual(result.times, TIMES);
    assert.deepEqual(result.pictureTimes, TIMES);
    assert.deepEqual(result.types, result.inTypes);
    assert.equal(result.types[12], 'key');
    assert.deepEqual(result.size, [320, 180]);
    assert.match(result.codec, options.transcoder.to === 'vp8' ? /^vp8$/ : /^avc1\.42[0-9a-f]{4}$/);
    if (result.psnr !== null) assert.ok(result.psnr > 24, `${result.psnr} dB`);
  });
}

test('Transcoding: key frames on request, damage is reported, and H.264 is made only when its patents are accepted', {}, async (t) => {
  await t.page.evaluate(prepare);
  const result = await t.page.evaluate(async () => {
    const { encodeAll, frameOf } = video;
    const config = { from: 'vp8', to: 'avc1.42e01f', acceptH264Patents: true };
    const native = await encodeAll(Earshot.VideoEncoder, { codec: 'vp8', width: 96, height: 64, bitrate: 300_000, framerate: 30 }, 8, (i) => frameOf(96, 64, i), [6]);
    const chunks = native.map(({ chunk }) => chunk);
    const asked = await transcodeAll(config, chunks, (transcoder, i) => i === 3 && transcoder.requestKeyFrame());
    const damaged = new EncodedVideoChunk({ type: 'delta', timestamp: chunks[2].timestamp, data: new Uint8Array(2) });
    const broken = await transcodeAll(config, [...chunks.slice(0, 2), damaged, ...chunks.slice(6)]);
    const refusal = await transcodeAll({ ...config, acceptH264Patents: false }, []).catch((error) => error);
    const caught = (run) => {
      try {
        run();
        return 'nothing';
      } catch (error) {
        return error.name;
      }
    };
    const idle = new Earshot.VideoTranscoder({ output() {}, error() {} });
    return {
      types: asked.outputs.map(({ chunk }) => chunk.type),
      brokenTypes: broken.outputs.map(({ chunk }) => chunk.type),
      dropped: broken.dropped,
      refusal: `${refusal.name}: ${refusal.message}`,
      supported: await Promise.all([config, { ...config, acceptH264Patents: undefined }, { ...config, to: 'av01' }, { ...config, from: 'avc1.f4001f' }].map(async (one) => (await Earshot.VideoTranscoder.isConfigSupported(one)).supported)),
      misuse: [caught(() => idle.transcode(chunks[0])), caught(() => idle.configure({})), caught(() => idle.transcode(1)), caught(() => (idle.close(), idle.configure(config)))],
    };
  });
  assert.deepEqual(result.types, ['key', 'delta', 'delta', 'key', 'delta', 'delta', 'key', 'delta']);
  assert.deepEqual(result.brokenTypes, ['key', 'delta', 'key', 'delta']);
  assert.deepEqual(result.dropped, [{ type: 'dropped', timestamp: 2 * 33333, reason: 'damaged', needsKeyFrame: true }]);
  assert.match(result.refusal, /^NotSupportedError: .*acceptH264Patents/);
  assert.deepEqual(result.supported, [true, false, false, false]);
  assert.deepEqual(result.misuse, ['InvalidStateError', 'TypeError', 'TypeError', 'InvalidStateError']);
});
