/** Video in a call: our VP8 in the browser's own connection, in pictures that say when they were drawn. */
import assert from 'node:assert/strict';
import { test } from './harness/suite.mjs';

/** Starts a call of `clockTrack` with our attachments at the ends that are asked for, as `window.scene`. */
async function start(t, proxy, { sender = {}, receiver = {}, picture = {} } = {}) {
  await t.page.evaluate(
    async ({ candidates, senderOptions, receiverOptions, picture }) => {
      const Earshot = await harness.loadLibrary();
      const scene = (window.scene = { errors: [] });
      scene.picture = harness.video.clockTrack(picture);
      scene.call = await harness.call({
        track: scene.picture.track,
        proxy: candidates,
        onSender: (one) => senderOptions && (scene.sender = Earshot.attachVideoSender(one, senderOptions)),
        onReceiver: (one) => receiverOptions && (scene.receiver = Earshot.attachVideoReceiver(one, receiverOptions)),
      });
      for (const end of [scene.sender, scene.receiver]) end?.addEventListener('error', ({ error }) => scene.errors.push(error.message));
      scene.video = harness.video.show(scene.receiver?.stream ?? scene.call.receiver.track);
    },
    { candidates: proxy.candidates, senderOptions: sender, receiverOptions: receiver, picture },
  );
}

const running = (t, ends = ['sender', 'receiver']) =>
  t.page.evaluate((ends) => harness.until(() => ends.every((end) => scene[end].state === 'running')), ends);

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

test('our VP8 carries the picture at its size', {}, async (t) => {
  const proxy = await t.proxy();
  await start(t, proxy);
  await running(t);
  const seen = await t.page.evaluate(() => harness.video.watch(scene.video, 4));
  const { stats, native, errors } = await t.page.evaluate(async () => ({
    stats: { sender: await scene.sender.getStats(), receiver: await scene.receiver.getStats() },
    native: [...(await scene.call.caller.getStats()).values()].find(({ type }) => type === 'outbound-rtp'),
    errors: scene.errors,
  }));
  const ages = seen.map(({ age }) => age).filter((age) => age !== null);
  t.note(`${seen.length} pictures in 4 s, ${median(ages)} ms old, encoded in ${((1000 * stats.sender.totalEncodeTime) / stats.sender.framesEncoded).toFixed(1)} ms`);
  console.log(JSON.stringify({ stats, seen: seen.slice(0, 3) }));
  assert.deepEqual(errors, []);
  assert.ok(seen.length > 40, `${seen.length} pictures`);
  assert.ok(seen.every(({ width, height }) => width === 640 && height === 360));
  assert.ok(ages.length > 0.9 * seen.length, `${ages.length} of ${seen.length} can be read`);
  // What the browser itself encodes is the carrier.
  assert.deepEqual([native.frameWidth, native.frameHeight], [16, 16]);
  assert.equal(stats.receiver.framesCorrupted, 0);
  assert.equal(stats.receiver.framesLost, 0);
});
