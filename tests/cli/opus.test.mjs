import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { earshot, missing, report, root, run, scratchFolder } from './support/earshot.mjs';
import { energy, lag, readWav, snr, voice, writeWav } from './support/sound.mjs';

const folder = scratchFolder();
const file = (name) => join(folder, name);
const speech = join(root, 'tests/data/clean-speech.wav');

/** The packets of an Ogg file with one stream, headers included. */
function packetsOf(path) {
  const bytes = readFileSync(path);
  const packets = [];
  let packet = [];
  for (let at = 0; at < bytes.length; ) {
    assert.equal(bytes.toString('latin1', at, at + 4), 'OggS');
    const lacing = bytes.subarray(at + 27, at + 27 + bytes[at + 26]);
    at += 27 + lacing.length;
    for (const size of lacing) {
      packet.push(bytes.subarray(at, at + size));
      at += size;
      if (size === 255) continue;
      packets.push(Buffer.concat(packet));
      packet = [];
    }
  }
  return packets;
}

for (const [rate, numChannels] of [[8000, 1], [16000, 2], [44100, 1], [48000, 2], [96000, 1]]) {
  test(`there and back: ${rate} Hz, ${numChannels} channels`, () => {
    const sound = voice(rate, 1.5031);
    writeWav(file('in.wav'), numChannels === 2 ? [sound, sound.map((x) => x / 3)] : [sound], rate);
    report(folder, 'opus', 'encode', 'in.wav', 'out.opus', '--bitrate', '96000', '--application', 'audio');
    report(folder, 'opus', 'decode', 'out.opus', 'back.wav');
    const back = readWav(file('back.wav'));
    assert.equal(back.sampleRate, rate);
    assert.equal(back.format, 'pcm16');
    assert.equal(back.channels.length, numChannels);
    assert.equal(back.channels[0].length, sound.length);
    assert.ok(Math.abs(lag(sound, back.channels[0], 40)) <= 1);
    assert.ok(snr(sound, back.channels[0]) > 10, `${snr(sound, back.channels[0])} dB`);
    if (numChannels === 2) assert.ok(Math.abs(energy(back.channels[1]) / energy(back.channels[0]) - 1 / 9) < 0.02);
  });
}

test('opusdec and ffmpeg play what we write, as we do', { skip: missing('opusdec', 'opusinfo', 'ffmpeg') }, () => {
  const input = voice(48000, 5.0123);
  writeWav(file('in.wav'), [input], 48000);
  report(folder, 'opus', 'encode', 'in.wav', 'out.opus');
  assert.doesNotMatch(run(folder, 'opusinfo', 'out.opus'), /warning|error|invalid/i);
  report(folder, 'opus', 'decode', 'out.opus', 'ours.wav');
  run(folder, 'opusdec', '--quiet', 'out.opus', 'opusdec.wav');
  run(folder, 'ffmpeg', '-loglevel', 'error', '-y', '-i', 'out.opus', 'ffmpeg.wav');
  const ours = readWav(file('ours.wav'));
  const theirs = readWav(file('opusdec.wav'));
  assert.equal(theirs.channels[0].length, input.length);
  assert.ok(snr(theirs.channels[0], ours.channels[0]) > 30, `${snr(theirs.channels[0], ours.channels[0])} dB`);
  // ffmpeg has a decoder of its own, whose way from the rate of SILK to 48 kHz lags 2 samples less.
  const ffmpeg = readWav(file('ffmpeg.wav'));
  assert.equal(ffmpeg.channels[0].length, input.length);
  assert.ok(Math.abs(lag(ffmpeg.channels[0], ours.channels[0], 10)) <= 3);
});

for (const options of [['--bitrate', '24'], ['--bitrate', '96', '--framesize', '60'], ['--bitrate', '64', '--framesize', '2.5', '--max-delay', '0']]) {
  test(`we play what opusenc ${options.join(' ')} writes, as opusdec does`, { skip: missing('opusenc', 'opusdec') }, () => {
    const left = voice(48000, 2.3);
    writeWav(file('in.wav'), [left, left.map((x) => -x / 2)], 48000);
    run(folder, 'opusenc', '--quiet', ...options, 'in.wav', 'theirs.opus');
    report(folder, 'opus', 'decode', 'theirs.opus', 'ours.wav');
    run(folder, 'opusdec', '--quiet', '--no-dither', 'theirs.opus', 'opusdec.wav');
    const [ours, theirs] = [readWav(file('ours.wav')), readWav(file('opusdec.wav'))];
    for (const c of [0, 1]) {
      assert.equal(ours.channels[c].length, theirs.channels[c].length);
      assert.ok(snr(theirs.channels[c], ours.channels[c]) > 40, `${snr(theirs.channels[c], ours.channels[c])} dB`);
    }
  });
}

test('the options reach the encoder', () => {
  const encode = (...options) => {
    const { bytes } = report(folder, 'opus', 'encode', speech, 'out.opus', ...options);
    assert.equal(bytes, statSync(file('out.opus')).size);
    return { bytes, packets: packetsOf(file('out.opus')).slice(2) };
  };
  assert.equal(encode().packets.length, 501); // 10 s of 20 ms and the lookahead
  const rate = encode('--bitrate', '64000').bytes / encode('--bitrate', '16000').bytes;
  assert.ok(rate > 2.5 && rate < 6, `${rate}`);
  // SILK and hybrid frames have configurations below 16 (RFC 6716, table 2); lowdelay has CELT only.
  const silk = ({ packets }) => packets.filter(([toc]) => toc >> 3 < 16).length;
  assert.ok(silk(encode('--application', 'voip')) > 400);
  assert.equal(silk(encode('--application', 'lowdelay')), 0);
  // The LBRR flag follows the VAD flag of a 20 ms SILK frame (RFC 6716 §4.2.3).
  const redundant = ({ packets }) => packets.filter((packet) => packet[0] >> 3 < 16 && packet.length > 1 && packet[1] & 0x40).length;
  assert.equal(redundant(encode()), 0);
  assert.ok(redundant(encode('--fec')) > 100);
  assert.equal(redundant(encode('--fec', '--loss-percent', '0')), 0);
  assert.notDeepEqual(encode('--complexity', '0').packets, encode('--complexity', '10').packets);
});

test('the reports have their fields', () => {
  for (const result of [report(folder, 'opus', 'encode', speech, 'out.opus'), report(folder, 'opus', 'decode', 'out.opus', 'out.wav')]) {
    assert.deepEqual(Object.keys(result), ['seconds', 'cpu_seconds', 'times_real_time', 'bytes']);
    assert.equal(result.seconds, 10);
    assert.ok(Math.abs(result.times_real_time * result.cpu_seconds - 10) < 0.5);
  }
  assert.equal(statSync(file('out.wav')).size, 480044);
  assert.match(earshot(folder, 'opus', 'decode', 'out.opus', 'out.wav').stdout, /^out\.wav: 10 s decoded.*\n$/);
});

test('streams one after another are one sound', () => {
  report(folder, 'opus', 'encode', speech, 'one.opus');
  const one = readFileSync(file('one.opus'));
  report(folder, 'opus', 'encode', speech, 'two.opus');
  const both = join(folder, 'both.opus');
  run(folder, 'sh', '-c', 'cat one.opus two.opus > both.opus');
  assert.ok(statSync(both).size > 1.9 * one.length);
  assert.equal(report(folder, 'opus', 'decode', 'both.opus', 'both.wav').seconds, 20);
  const [first, sound] = [readWav(speech).channels[0], readWav(file('both.wav')).channels[0]];
  assert.equal(lag(first, sound.subarray(first.length), 10), lag(first, sound.subarray(0, first.length), 10));
});
