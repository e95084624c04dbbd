/** Video in the loopback call of the page: what is sent is seen at the far end, and the page says how well. */
import assert from 'node:assert/strict';

import { screenshot, siteTest, untilText } from './harness/site-page.mjs';

const click = (page, id) => page.evaluate((id) => document.getElementById(id).click(), id);
const choose = (page, name, value) =>
  page.evaluate(({ name, value }) => document.querySelector(`input[name="${name}"][value="${value}"]`).click(), { name, value });
const number = (page, id) => page.evaluate((id) => parseFloat(document.getElementById(id).textContent), id);
const failures = (page) => page.log.filter((line) => /^(error|uncaught)/.test(line));

/** Starts a call of the sample with this button pressed. */
async function startVideo(page, button = 'video-drawing') {
  await click(page, button);
  await click(page, 'start-sample');
  await untilText(page, 'n-state', /^running$/);
}

/**
 * Waits until the far end's element shows pictures of the shape of what is sent, then says how many different ones it shows in two seconds.
 * How large they are is for the network and the processor to say.
 */
const watchFarEnd = (page) =>
  page.evaluate(async () => {
    const [sent, video] = ['video-sent', 'video-shown'].map((id) => document.getElementById(id));
    const sameShape = () => sent.videoHeight > 0 && Math.abs((video.videoWidth / video.videoHeight) * (sent.videoHeight / sent.videoWidth) - 1) < 0.02;
    for (let tries = 0; !sameShape() || video.videoWidth < 100; ++tries) {
      if (tries === 200) throw new Error(`${sent.videoWidth} × ${sent.videoHeight} is sent, the far end shows ${video.videoWidth} × ${video.videoHeight}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 36 });
    const eye = canvas.getContext('2d', { willReadFrequently: true });
    const seen = new Set();
    for (const until = performance.now() + 2000; performance.now() < until; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      eye.drawImage(video, 0, 0, 64, 36);
      seen.add(eye.getImageData(0, 0, 64, 36).data.join());
    }
    return seen.size;
  });

siteTest('the page sends a moving picture, and its numbers say how', {}, async (t, page) => {
  await startVideo(page);
  await untilText(page, 'v-codec', /^Earshot$/);
  const pictures = await watchFarEnd(page);
  assert.ok(pictures > 10, `${pictures} different pictures in two seconds`);
  // At most 640 × 360: a busy processor makes it smaller.
  for (const id of ['v-size', 'v-shown-size']) await untilText(page, id, /^\d{3} × \d{2,3}$/);
  await untilText(page, 'v-sync', /^-?\d+ ms$/);
  const figures = {};
  for (const id of ['v-sent-rate', 'v-shown-rate', 'v-encode', 'v-decode', 'v-target', 'v-bitrate', 'v-quantizer', 'v-delay']) figures[id] = await number(page, id);
  t.note(JSON.stringify(figures));
  for (const id of ['v-sent-rate', 'v-shown-rate']) assert.ok(figures[id] >= 5 && figures[id] <= 35, `${id}: ${figures[id]}`);
  for (const id of ['v-encode', 'v-decode']) assert.ok(figures[id] > 0.05 && figures[id] < 200, `${id}: ${figures[id]}`);
  for (const id of ['v-target', 'v-bitrate']) assert.ok(figures[id] > 20 && figures[id] < 4000, `${id}: ${figures[id]}`);
  assert.ok(figures['v-quantizer'] >= 0 && figures['v-quantizer'] <= 127);
  assert.ok(figures['v-delay'] >= 0 && figures['v-delay'] < 1000);
  const points = await page.evaluate(() => ['bitrate', 'frames', 'delay'].map((name) => Number(document.getElementById(`plot-video-${name}`).dataset.points)));
  assert.ok(points.every((count) => count > 2), points.join());
  await screenshot(t, page, 'video-call');
  assert.deepEqual(failures(page), []);
});

siteTest('the size and the codec of the video change in mid-call, and the picture goes on', {}, async (t, page) => {
  await startVideo(page);
  await untilText(page, 'v-codec', /^Earshot$/);
  for (const [codec, name] of [['native', /^browser$/], ['ours', /^Earshot$/]]) {
    await choose(page, 'video-codec', codec);
    await untilText(page, 'v-codec', name);
    const pictures = await watchFarEnd(page);
    assert.ok(pictures > 10, `${codec}: ${pictures} different pictures in two seconds`);
    for (const id of ['v-encode', 'v-decode', 'v-bitrate']) await untilText(page, id, /^(?!0\.0)\d/);
  }
  await choose(page, 'video-size', 'own');
  await page.evaluate(async () => {
    const video = document.getElementById('video-sent');
    while (video.videoWidth !== 1280 || video.videoHeight !== 800) await new Promise((resolve) => setTimeout(resolve, 50));
  });
  const pictures = await watchFarEnd(page);
  assert.ok(pictures > 10, `1280 × 800: ${pictures} different pictures in two seconds`);
  assert.deepEqual(failures(page), []);
});

siteTest('video is turned off and on again in mid-call, and hanging up frees its tracks', {}, async (t, page) => {
  await page.evaluate(() => {
    window.tracks = [];
    const { captureStream } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.captureStream = function (...rest) {
      const stream = captureStream.apply(this, rest);
      window.tracks.push(...stream.getTracks());
      return stream;
    };
  });
  await click(page, 'start-sample');
  await untilText(page, 'n-state', /^running$/);
  const hidden = () => page.evaluate(() => ['video-pictures', 'video-numbers', 'video-plots'].map((id) => document.getElementById(id).offsetHeight === 0));
  assert.deepEqual(await hidden(), [true, true, true]);
  for (let round = 0; round < 2; ++round) {
    await click(page, 'video-drawing');
    const pictures = await watchFarEnd(page);
    assert.ok(pictures > 10, `round ${round}: ${pictures} different pictures in two seconds`);
    await untilText(page, 'v-codec', /^Earshot$/);
    assert.deepEqual(await hidden(), [false, false, false]);
    await click(page, 'video-off');
    await page.evaluate(async () => {
      while (document.getElementById('video-pictures').offsetHeight) await new Promise((resolve) => setTimeout(resolve, 50));
    });
  }
  await click(page, 'video-drawing');
  await watchFarEnd(page);
  await page.evaluate(() => window.tracks.push(document.getElementById('video-shown').srcObject.getTracks()[0]));
  await click(page, 'stop');
  await untilText(page, 'n-state', /^no call$/);
  const states = await page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    return window.tracks.map(({ readyState }) => readyState);
  });
  assert.ok(states.length >= 4 && states.every((state) => state === 'ended'), states.join());
  assert.deepEqual(await page.evaluate(() => ['video-sent', 'video-shown'].map((id) => document.getElementById(id).srcObject)), [null, null]);
  assert.deepEqual(failures(page), []);
});

siteTest('without a camera the page says what to do, and the sound goes on', { refuseMicrophone: true }, async (t, page) => {
  await startVideo(page, 'video-camera');
  await untilText(page, 'message', /camera.*the sound goes on/i);
  assert.equal(await page.evaluate(() => document.getElementById('video-off').getAttribute('aria-pressed')), 'true');
  await untilText(page, 'n-state', /^running$/);
  await untilText(page, 'n-bitrate', /^[1-9]/);
  // What needs no permission still works.
  await click(page, 'video-drawing');
  const pictures = await watchFarEnd(page);
  assert.ok(pictures > 10, `${pictures} different pictures in two seconds`);
});

siteTest('a video call fits a phone: one picture below the other, nothing beyond the edge', { width: 390, height: 844 }, async (t, page) => {
  await startVideo(page);
  await watchFarEnd(page);
  await untilText(page, 'v-bitrate', /^[1-9]/);
  const { overflow, sent, shown } = await page.evaluate(() => {
    const box = (id) => document.getElementById(id).getBoundingClientRect().toJSON();
    return { overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth, sent: box('video-sent'), shown: box('video-shown') };
  });
  await screenshot(t, page, 'video-call-phone');
  assert.equal(overflow, 0);
  assert.ok(shown.top >= sent.bottom, `${shown.top} is not below ${sent.bottom}`);
  for (const { width, height } of [sent, shown]) assert.ok(Math.abs(width / height - 16 / 9) < 0.02, `${width} × ${height}`);
});
