/** Video in a call: our VP8 in the browser's own connection, in pictures that say when they were drawn. */
import assert from 'node:assert/strict';
import { test } from './harness/suite.mjs';

const start = (t, proxy, options = {}) => t.page.evaluate((all) => harness.videoScene.start(all), { candidates: proxy.candidates, ...options });
const until = (t, state, ends) => t.page.evaluate(([state, ends]) => harness.videoScene.until(state, ends), [state, ends]);
const watch = (t, seconds) => t.page.evaluate((seconds) => harness.video.watch(scene.video, seconds), seconds);
const report = (t) => t.page.evaluate(() => harness.videoScene.report());

/** Waits until the element shows pictures of this size, whose time can be read. A browser's own encoder may make them smaller. */
async function untilShown(t, width, height, { smaller = false } = {}) {
  const fits = (one) => (smaller ? Math.abs(one.width / one.height - width / height) < 0.03 : one.width === width && one.height === height);
  for (;;) {
    const seen = await watch(t, 1);
    if (seen.length > 5 && seen.slice(-5).every((one) => fits(one) && one.age !== null)) return seen;
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const ages = (seen) => seen.map(({ age }) => age).filter((age) => age !== null);

/** Pictures can be read but for a few, have the size, and go on. */
function assertMoves(seen, { width = 640, height = 360, least = 5 } = {}) {
  assert.ok(seen.length >= least, `${seen.length} pictures`);
  assert.ok(seen.every((one) => one.width === width && one.height === height), `sizes ${[...new Set(seen.map((one) => `${one.width}×${one.height}`))]}`);
  assert.ok(ages(seen).length > 0.9 * seen.length, `${ages(seen).length} of ${seen.length} can be read`);
}

test('our VP8 carries the picture at its size', {}, async (t) => {
  await start(t, await t.proxy());
  await until(t, 'running');
  const seen = await watch(t, 3);
  const { sender, receiver, native, nativeReceiver, errors } = await report(t);
  t.note(`${(seen.length / 3).toFixed(0)} pictures a second, ${median(ages(seen))} ms old, encoded in ${((1000 * sender.totalEncodeTime) / sender.framesEncoded).toFixed(1)} ms`);
  assert.deepEqual(errors, []);
  assertMoves(seen);
  // What the browser itself encodes and decodes is the carrier, and nobody misses anything of it.
  assert.deepEqual([native.frameWidth, native.frameHeight], [16, 16]);
  assert.deepEqual([nativeReceiver.frameWidth, nativeReceiver.frameHeight], [16, 16]);
  assert.equal(nativeReceiver.pliCount, 0);
  assert.deepEqual([receiver.framesCorrupted, receiver.framesLost, receiver.pliCount], [0, 0, 0]);
  assert.ok(sender.framesSent > 20 && receiver.framesDecoded > 20);
});

test('a browser without Earshot shows what ours sends', {}, async (t) => {
  await start(t, await t.proxy(), { receiver: null });
  await until(t, 'running', ['sender']);
  await untilShown(t, 640, 360);
  assertMoves(await untilShown(t, 640, 360));
  const { native, nativeReceiver, errors } = await report(t);
  assert.deepEqual(errors, []);
  // Its decoder takes the frames with their trailers as they are.
  assert.deepEqual([native.frameWidth, nativeReceiver.frameWidth], [16, 640]);
});

test('what a browser without Earshot sends is shown', {}, async (t) => {
  await start(t, await t.proxy(), { sender: null });
  await until(t, 'bypassed', ['receiver']);
  await untilShown(t, 640, 360, { smaller: true });
  assert.deepEqual((await report(t)).errors, []);
});

test('the codec can be changed for the browser\'s in mid-call and back', {}, async (t) => {
  await start(t, await t.proxy());
  await until(t, 'running');
  const set = (end, bypass) => t.page.evaluate(([end, bypass]) => scene[end].update({ bypass }), [end, bypass]);
  await set('sender', true);
  await until(t, 'bypassed');
  await untilShown(t, 640, 360, { smaller: true });
  assert.ok((await report(t)).native.frameWidth > 16);
  await set('sender', false);
  await until(t, 'running');
  await untilShown(t, 640, 360);
  // The receiver alone: the browser decodes our frames.
  await set('receiver', true);
  await until(t, 'bypassed', ['receiver']);
  await untilShown(t, 640, 360);
  assert.equal((await report(t)).nativeReceiver.frameWidth, 640);
  await set('receiver', false);
  await until(t, 'running', ['receiver']);
  await untilShown(t, 640, 360);
  assert.deepEqual((await report(t)).errors, []);
});

test('a page replaces the track, and takes its sender back', {}, async (t) => {
  await start(t, await t.proxy());
  await until(t, 'running');
  await t.page.evaluate(async () => {
    scene.other = harness.video.clockTrack({ width: 320, height: 240 });
    await scene.call.sender.replaceTrack(scene.other.track);
  });
  await untilShown(t, 320, 240);
  assert.ok(await t.page.evaluate(() => scene.sender.source === scene.other.track && scene.call.sender.track !== scene.other.track));
  await t.page.evaluate(() => scene.sender.dispose());
  await t.page.evaluate(() => harness.until(() => scene.call.sender.track === scene.other.track));
  await until(t, 'bypassed', ['receiver']);
  await untilShown(t, 320, 240, { smaller: true });
});

test('1280 × 800 stays what it is', {}, async (t) => {
  await start(t, await t.proxy(), { picture: { width: 1280, height: 800, frameRate: 15 }, sender: { maxFrameRate: 15, speed: 12, degradationPreference: 'maintain-resolution' } });
  await until(t, 'running');
  await untilShown(t, 1280, 800);
  const { sender } = await report(t);
  t.note(`target ${Math.round(sender.targetBitrate / 1000)} kbit/s`);
  assert.deepEqual([sender.frameWidth, sender.frameHeight], [1280, 800]);
});

for (const [end, fault] of [['sender', '/faulty/vp8_encoder_encode/60/'], ['receiver', '/faulty/vp8_decoder_decode/60/']]) {
  test(`a trap in the ${end}'s codec leaves the browser's picture`, {}, async (t) => {
    await start(t, await t.proxy(), { assets: { baseUrl: fault } });
    await until(t, 'running', [end]);
    await until(t, 'bypassed', [end]);
    await untilShown(t, 640, 360, { smaller: true });
    const { errors } = await report(t);
    assert.deepEqual(errors.filter((one) => one.end === end), [{ end, code: 'wasm-fault' }]);
  });
}

test('a worker that cannot be loaded leaves the browser\'s picture', {}, async (t) => {
  await start(t, await t.proxy(), { assets: { videoWorkerUrl: '/missing.js' } });
  await until(t, 'bypassed');
  await untilShown(t, 640, 360, { smaller: true });
  assert.deepEqual([...new Set((await report(t)).errors.map(({ code }) => code))], ['asset-load']);
});

test('5 % of the packets lost leave a good picture', {}, async (t) => {
  const proxy = await t.proxy({ seed: 5 });
  await start(t, proxy);
  await until(t, 'running');
  await t.page.evaluate(() => harness.sleep(2));
  proxy.forth.impair({ loss: 0.05, delayMs: 20 });
  proxy.back.impair({ delayMs: 20 });
  const seen = await watch(t, 10);
  const { receiver, sender, errors } = await report(t);
  t.note(`${(seen.length / 10).toFixed(0)} pictures a second, ${receiver.framesLost} frames lost, ${receiver.pliCount} key frames asked for, ${receiver.totalFreezesDuration.toFixed(1)} s frozen, ${Math.round(sender.bitrate / 1000)} kbit/s`);
  assert.deepEqual(errors, []);
  assertMoves(seen, { least: 20 });
  assert.equal(receiver.framesCorrupted, 0);
});
