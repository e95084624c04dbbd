import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { earshot, report, scratchFolder } from './support/earshot.mjs';
import { lag, readWav, voice, writeWav } from './support/sound.mjs';

const folder = scratchFolder();
const file = (name) => join(folder, name);
const SECONDS = 12;
const PACKETS = SECONDS * 50;
const speech = voice(48000, SECONDS);
writeWav(file('speech.wav'), [speech], 48000);

/** `delay(i)`: ms, or null for a lost packet. */
function replay(delay, ...options) {
  const lines = Array.from({ length: PACKETS }, (_, i) => delay(i) ?? 'lost');
  writeFileSync(file('trace.txt'), `# a comment\n\n${lines.join('\n')}\n`);
  return report(folder, 'replay', 'speech.wav', 'trace.txt', 'out.wav', ...options);
}

/** Every tenth packet is lost, from a second on. */
const everyTenth = (i) => (i > 50 && i % 10 === 5 ? null : 20);
const LOST = Array.from({ length: PACKETS }, (_, i) => everyTenth(i)).filter((delay) => delay === null).length;

test('a perfect network gives the speech back', () => {
  const result = replay(() => 20);
  assert.deepEqual(Object.keys(result), [
    'packets', 'lost_pct', 'late_discarded', 'concealed_pct', 'concealment_events', 'mean_buffer_delay_ms', 'mean_target_delay_ms',
    'accel_pct', 'decel_pct', 'interruptions', 'us_per_10ms',
  ]);
  assert.equal(result.packets, PACKETS);
  assert.equal(result.lost_pct, 0);
  assert.equal(result.late_discarded, 0);
  // Nothing is there before the first packet and after the last one: 40 ms and 400 ms of 12.4 s.
  assert.ok(result.concealed_pct < 4, `${result.concealed_pct} %`);
  assert.equal(result.interruptions <= 1, true);
  const output = readWav(file('out.wav'));
  assert.deepEqual([output.sampleRate, output.format], [48000, 'pcm16']);
  assert.equal(output.channels[0].length, speech.length + 0.4 * 48000);
  // Sent when a packet is full (20 ms), 20 ms on the way, and the codec's own 6.5 ms: less is impossible.
  const delayMs = lag(speech.subarray(48000, 4 * 48000), output.channels[0].subarray(48000, 4 * 48000), 9600) / 48;
  assert.ok(delayMs > 44 && delayMs < 120, `${delayMs} ms`);
});

test('losses are counted exactly, and concealed', () => {
  const result = replay(everyTenth);
  assert.equal(result.lost_pct, Number(((100 * LOST) / PACKETS).toFixed(2)));
  assert.ok(result.concealment_events >= 0.9 * LOST && result.concealment_events <= LOST + 2, `${result.concealment_events} of ${LOST}`);
  assert.ok(result.concealed_pct > 5, `${result.concealed_pct} %`);
});

test('in-band FEC recovers single losses', () => {
  const [without, withFec] = [replay(everyTenth), replay(everyTenth, '--fec')];
  assert.ok(withFec.concealed_pct < 0.6 * without.concealed_pct, `${withFec.concealed_pct} against ${without.concealed_pct}`);
});

test('packets later than the upper bound are discarded, and the lower bound holds', () => {
  const jittery = (i) => (i > 100 && i % 25 === 7 ? 400 : 20);
  assert.ok(replay(jittery, '--max-delay', '60').late_discarded >= 10);
  const result = replay(() => 20, '--min-delay', '200');
  assert.ok(result.mean_target_delay_ms >= 195 && result.mean_buffer_delay_ms > 120, JSON.stringify(result));
});

test('the shorter of speech and trace decides', () => {
  writeFileSync(file('short.txt'), '20\n'.repeat(100));
  assert.equal(report(folder, 'replay', 'speech.wav', 'short.txt', 'out.wav').packets, 100);
  assert.equal(readWav(file('out.wav')).channels[0].length, 2.4 * 48000);
  writeFileSync(file('long.txt'), '20\n'.repeat(PACKETS + 100));
  assert.equal(report(folder, 'replay', 'speech.wav', 'long.txt', 'out.wav').packets, PACKETS);
});

test('other sample rates are converted', () => {
  writeWav(file('telephone.wav'), [voice(8000, 3)], 8000);
  writeFileSync(file('short.txt'), '20\n'.repeat(150));
  assert.equal(report(folder, 'replay', 'telephone.wav', 'short.txt', 'out.wav').packets, 150);
});

test('a person gets a line per figure', () => {
  const { status, stdout } = earshot(folder, 'replay', 'telephone.wav', 'short.txt', 'out.wav');
  assert.equal(status, 0);
  assert.equal(stdout.trim().split('\n').length, 11);
});
