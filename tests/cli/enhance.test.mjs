import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { earshot, report, scratchFolder } from './support/earshot.mjs';
import { decibels, energy, lag, noise, readWav, snr, voice, writeWav } from './support/sound.mjs';

const folder = scratchFolder();
const file = (name) => join(folder, name);

const cases = [
  [8000, 1, 'pcm16', false],
  [11025, 2, 'pcm24', false],
  [16000, 1, 'float32', true],
  [24000, 2, 'float64', false],
  [32000, 1, 'pcm32', false],
  [44100, 2, 'pcm16', true],
  [48000, 1, 'pcm24', true],
  [96000, 2, 'float32', false],
];
for (const [rate, numChannels, format, extensible] of cases) {
  const title = `${rate} Hz, ${numChannels} channels, ${format}${extensible ? ', extensible' : ''}`;
  test(`output keeps rate, channels, format and length, and lies on the input: ${title}`, () => {
    // An odd length: no multiple of any block or frame.
    const sound = voice(rate, 2.0137);
    const channels = numChannels === 2 ? [sound, sound.map((x) => x / 2)] : [sound];
    writeWav(file('in.wav'), channels, rate, { format, extensible });
    for (const level of ['off', 'high']) {
      report(folder, 'enhance', 'in.wav', 'out.wav', '--noise-suppression', level);
      const output = readWav(file('out.wav'));
      assert.equal(output.sampleRate, rate);
      assert.equal(output.format, format);
      assert.equal(output.channels.length, numChannels);
      for (let c = 0; c < numChannels; c++) {
        assert.equal(output.channels[c].length, sound.length);
        assert.equal(lag(channels[c], output.channels[c], 40), 0);
        if (level === 'off') assert.ok(snr(channels[c], output.channels[c]) > 20, `${snr(channels[c], output.channels[c])} dB`);
      }
    }
  });
}

test('noise goes down with every level, and speech stays', () => {
  const rate = 48000;
  const speech = voice(rate, 8);
  const hiss = noise(speech.length, 0.01);
  writeWav(file('noisy.wav'), [speech.map((x, i) => x + hiss[i])], rate);
  // Pauses of the last seconds: 60 ms in every 300.
  const inPauses = (sound) => {
    let sum = 0;
    for (let t = 4.5; t < 7.6; t += 0.3) sum += energy(sound, Math.round((t + 0.235) * rate), Math.round((t + 0.29) * rate));
    return sum;
  };
  const before = readWav(file('noisy.wav')).channels[0];
  let last = -0.1;
  for (const level of ['off', 'low', 'moderate', 'high', 'max']) {
    report(folder, 'enhance', 'noisy.wav', 'out.wav', '--noise-suppression', level);
    const after = readWav(file('out.wav')).channels[0];
    const reduction = decibels(inPauses(before) / inPauses(after));
    assert.ok(reduction > last, `${level} reduces by ${reduction} dB, the level below by ${last} dB`);
    assert.ok(Math.abs(decibels(energy(after) / energy(before))) < 3, 'speech dominates the energy');
    last = Math.max(reduction, 0.1);
  }
  assert.ok(last > 10, `max reduces by ${last} dB`);
});

test('gain control is off unless asked for', () => {
  const rate = 48000;
  writeWav(file('quiet.wav'), [voice(rate, 12, 0.01)], rate);
  const level = (...options) => {
    report(folder, 'enhance', 'quiet.wav', 'out.wav', ...options);
    const sound = readWav(file('out.wav')).channels[0];
    return decibels(energy(sound, 9 * rate));
  };
  assert.ok(level('--agc') - level() > 6);
});

test('gain control reaches the loudness asked for and stays below full scale at every rate', () => {
  for (const rate of [16000, 44100, 48000]) {
    writeWav(file('voice.wav'), [voice(rate, 12, 0.05)], rate);
    const levels = [-23, -33].map((target) => {
      report(folder, 'enhance', 'voice.wav', 'out.wav', '--agc', '--target-loudness', String(target));
      const [sound] = readWav(file('out.wav')).channels;
      assert.equal(sound.length, 12 * rate);
      assert.ok(sound.every((sample) => Math.abs(sample) < 10 ** (-1 / 20)));
      return decibels(energy(sound, 9 * rate));
    });
    assert.ok(Math.abs(levels[0] - levels[1] - 10) < 2.5, `${levels} at ${rate} Hz`);
  }
});

test('the report is of this sound', () => {
  const rate = 16000;
  writeWav(file('in.wav'), [voice(rate, 3)], rate);
  const result = report(folder, 'enhance', 'in.wav', 'out.wav', '--suppressor', 'classical');
  assert.deepEqual(Object.keys(result), ['seconds', 'cpu_seconds', 'core_percent', 'latency_ms']);
  assert.equal(result.seconds, 3);
  assert.ok(result.cpu_seconds > 0);
  assert.ok(Math.abs(result.core_percent - (100 * result.cpu_seconds) / 3) < 0.01);
  assert.ok(result.latency_ms > 5 && result.latency_ms < 60, `${result.latency_ms} ms`);
});

test('without --json a person is told in one line', () => {
  const { status, stdout, stderr } = earshot(folder, 'enhance', 'in.wav', 'out.wav');
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /^out\.wav: 3 s enhanced.*\n$/);
});

test('a file may be replaced by its enhanced self', () => {
  earshot(folder, 'enhance', 'in.wav', 'out.wav');
  copyFileSync(file('in.wav'), file('same.wav'));
  assert.equal(earshot(folder, 'enhance', 'same.wav', 'same.wav').status, 0);
  assert.deepEqual(readFileSync(file('same.wav')), readFileSync(file('out.wav')));
});
