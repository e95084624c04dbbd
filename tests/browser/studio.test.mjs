/** The studio page: shows what the chain does to a sample, a microphone and a file, and obeys. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { screenshot, siteTest, untilText } from './harness/site-page.mjs';

const CLEAN_SPEECH = new URL('../data/clean-speech.wav', import.meta.url);

/** Moves a slider, or clicks a box, as a person does. */
const set = (page, id, value) =>
  page.evaluate(
    ({ id, value }) => {
      const input = document.getElementById(id);
      if (input.type === 'checkbox') return input.click();
      input.value = value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    },
    { id, value },
  );

siteTest('the studio plays its sample by keyboard alone, draws what happens, and obeys', { path: '/studio/' }, async (t, page) => {
  for (let tabs = 0; (await page.evaluate(() => document.activeElement?.id)) !== 'start-sample'; ++tabs) {
    assert.ok(tabs < 20, 'the Tab key does not reach the start button');
    await page.press('Tab');
  }
  await page.press('Enter');
  await untilText(page, 'n-state', /^running$/);
  await untilText(page, 'n-input-loudness', /^-\d+\.\d LUFS$/);
  await untilText(page, 'n-loudness', /^-\d+\.\d LUFS$/);
  await untilText(page, 'n-attenuation', /^[1-9]\d*\.\d dB$/);
  await untilText(page, 'speech-value', /^speaking$/);
  await untilText(page, 'n-delay', /^1\d\.\d\d ms$/);
  await screenshot(t, page, 'studio');
  const drawn = await page.evaluate(() => ['plot-loudness', 'plot-gain', 'plot-speech'].map((id) => Number(document.getElementById(id).dataset.points)));
  assert.ok(drawn.every((points) => points > 5), `points in the plots: ${drawn}`);

  await set(page, 'strength', 0);
  await untilText(page, 'n-attenuation', /^-?0\.0 dB$/);
  await set(page, 'agc');
  await untilText(page, 'n-gain', /^-?0\.0 dB$/);
  await set(page, 'bypass');
  await untilText(page, 'n-state', /^bypassed$/);
  await page.evaluate(() => document.getElementById('stop').click());
  await untilText(page, 'n-state', /^stopped$/);
  assert.deepEqual(page.log.filter((line) => /^(error|uncaught)/.test(line)), []);
});

siteTest('the studio plays a dropped file and records before and after', { path: '/studio/' }, async (t, page) => {
  const sizes = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], 'speech.wav', { type: 'audio/wav' }));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    const until = async (condition) => {
      while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const record = document.getElementById('record');
    await until(() => !record.disabled && document.getElementById('n-state').textContent === 'running');
    record.click();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    record.click();
    const links = () => [...document.querySelectorAll('#downloads a[download]')];
    await until(() => links().length === 2);
    return Promise.all(links().map(async ({ href }) => (await (await fetch(href)).blob()).size));
  }, readFileSync(CLEAN_SPEECH).toString('base64'));
  await untilText(page, 'message', /speech\.wav/);
  for (const size of sizes) assert.ok(size > 2000, `a recording of ${size} bytes`);
});

siteTest('the studio changes the microphone and tells who speaks while muted', { path: '/studio/' }, async (t, page) => {
  await page.evaluate(() => document.getElementById('start-microphone').click());
  await untilText(page, 'n-state', /^running$/);
  await page.evaluate(() => {
    const list = document.getElementById('microphones');
    if (document.getElementById('microphone-choice').hidden) throw new Error('no microphones to choose from');
    // Chromium's fake devices all speak. Firefox's others are silent: there the one in use is opened once more.
    const other = [...list.options].find(({ text }) => /^Fake Audio Input/.test(text));
    if (other) list.value = other.value;
    list.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await untilText(page, 'message', /other microphone/);
  await set(page, 'mute');
  await untilText(page, 'message', /you are muted/);
});
