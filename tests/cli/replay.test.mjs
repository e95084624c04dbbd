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
    'packets', 'lost_pct', 'late_discarded', 'recovered', 'concealed_pct', 'concealment_events', 'mean_buffer_delay_ms', 'mean_target_delay_ms',
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

test('deep redundancy recovers bursts that in-band FEC does not reach', { skip: !report(folder, 'info').deep && 'no deep modules in this build' }, () => {
  const inBursts = (i) => (i > 50 && i % 20 >= 16 ? null : 20);
  const bound = ['--min-delay', '120', '--bitrate', '40000'];
  const [plain, deaf, deep] = [[], ['--dred', '200'], ['--dred', '200', '--deep']].map((options) => replay(inBursts, ...bound, ...options));
  // Read by a decoder that knows nothing of it, it is just not there.
  assert.equal(plain.recovered, 0);
  assert.equal(deaf.recovered, 0);
  const lost = (plain.packets * plain.lost_pct) / 100;
  assert.ok(deep.recovered > 0.5 * lost, `${deep.recovered} of ${lost} recovered`);
  // A gap is shortened where the delay allows, and won back by slower playing: what is recovered needs neither.
  assert.ok(deep.decel_pct < 0.6 * plain.decel_pct, `${deep.decel_pct} against ${plain.decel_pct}`);
  assert.ok(deep.concealed_pct < 4, `${deep.concealed_pct} %`);
  for (const options of [['--deep', '--codec', 'pcma'], ['--dred', '100', '--codec', 'pcmu']]) {
    const { status, stderr } = earshot(folder, 'replay', 'speech.wav', 'trace.txt', 'out.wav', ...options);
    assert.equal(status, 2);
    assert.match(stderr, /are of Opus/);
  }
});

test('redundant copies recover losses, two of them in a row too', () => {
  const inPairs = (i) => (i > 50 && i % 10 >= 8 ? null : 20);
  const bound = ['--min-delay', '60'];
  const [none, one, two] = ['0', '1', '2'].map((copies) => replay(inPairs, '--red', copies, ...bound));
  // A buffer of 60 ms bridges by slower playing what the copies do not bring.
  assert.ok(one.decel_pct < 0.85 * none.decel_pct, `${one.decel_pct} against ${none.decel_pct}`);
  assert.ok(two.decel_pct < 0.6 * one.decel_pct, `${two.decel_pct} against ${one.decel_pct}`);
  // The start and the end, as on a perfect network.
  assert.ok(two.concealed_pct < 4, `${two.concealed_pct} %`);
});

test('packets later than the upper bound are discarded, and the lower bound holds', () => {
  const jittery = (i) => (i > 100 && i % 25 === 7 ? 400 : 20);
  assert.ok(replay(jittery, '--max-delay', '60').late_discarded >= 10);
  const result = replay(() => 20, '--min-delay', '200');
  assert.ok(result.mean_target_delay_ms >= 195 && result.mean_buffer_delay_ms > 120, JSON.stringify(result));
});

test('a latency hint trades delay for gaps', () => {
  // Every four seconds the network stands still for 200 ms: too seldom for one who wants to answer.
  const stalling = (i) => {
    const held = 3200 - ((i * 20) % 4000);
    return 20 + (held > 0 && held <= 200 ? held : 0);
  };
  const [soon, whole] = ['interactive', 'playback'].map((hint) => replay(stalling, '--latency-hint', hint));
  assert.ok(soon.mean_target_delay_ms < 0.95 * whole.mean_target_delay_ms, `${soon.mean_target_delay_ms} against ${whole.mean_target_delay_ms}`);
  assert.ok(soon.concealed_pct > whole.concealed_pct, `${soon.concealed_pct} against ${whole.concealed_pct}`);
  assert.notEqual(earshot(folder, 'replay', 'speech.wav', 'trace.txt', 'out.wav', '--latency-hint', 'soon').status, 0);
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

for (const codec of ['pcmu', 'pcma']) {
  test(`${codec}: telephone sound through the same buffer`, () => {
    const redundant = replay(everyTenth, '--codec', codec, '--red', '1', '--min-delay', '40');
    assert.ok(redundant.concealed_pct < 4, `${redundant.concealed_pct} % with copies`);
    const result = replay(everyTenth, '--codec', codec);
    assert.equal(result.packets, PACKETS);
    assert.ok(result.concealment_events >= 0.9 * LOST && result.concealment_events <= LOST + 2, `${result.concealment_events} of ${LOST}`);
    const output = readWav(file('out.wav'));
    assert.equal(output.sampleRate, 48000);
    assert.equal(output.channels[0].length, speech.length + 0.4 * 48000);
    // No delay of a codec: a packet's 20 ms, 20 ms on the way, and the resampler.
    const heard = output.channels[0].subarray(48000, 4 * 48000);
    const delayMs = lag(speech.subarray(48000, 4 * 48000), heard, 9600) / 48;
    assert.ok(delayMs > 40 && delayMs < 110, `${delayMs} ms`);
    const power = (sound) => sound.reduce((sum, x) => sum + x * x, 0) / sound.length;
    const ratio = power(heard) / power(speech);
    assert.ok(ratio > 0.7 && ratio < 1.2, `level ${ratio}`);
  });
}

test('forward error correction is of Opus', () => {
  const { status, stderr } = earshot(folder, 'replay', 'speech.wav', 'trace.txt', 'out.wav', '--codec', 'pcmu', '--fec');
  assert.notEqual(status, 0);
  assert.match(stderr, /--fec/);
  assert.notEqual(earshot(folder, 'replay', 'speech.wav', 'trace.txt', 'out.wav', '--codec', 'g729').status, 0);
});

test('a person gets a line per figure', () => {
  const { status, stdout } = earshot(folder, 'replay', 'telephone.wav', 'short.txt', 'out.wav');
  assert.equal(status, 0);
  assert.equal(stdout.trim().split('\n').length, 12);
});
