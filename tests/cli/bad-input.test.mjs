import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { earshot, report, scratchFolder } from './support/earshot.mjs';
import { voice, wavBytes } from './support/sound.mjs';

const folder = scratchFolder();
const good = wavBytes([voice(8000, 0.5)], 8000);
const write = (name, bytes) => writeFileSync(join(folder, name), bytes);
/** `good` with some of its header's bytes replaced. */
const patched = (offset, ...bytes) => {
  const copy = Buffer.from(good);
  Buffer.from(bytes).copy(copy, offset);
  return copy;
};

write('good.wav', good);
write('text.wav', 'This is not a WAV file, it only claims to be one by its name.\n');
write('empty.wav', '');
write('riff-only.wav', good.subarray(0, 4));
write('header-cut.wav', good.subarray(0, 30));
write('no-data.wav', good.subarray(0, 36));
write('data-cut.wav', good.subarray(0, 44 + 1001));
write('no-sound.wav', wavBytes([[]], 8000));
write('avi.wav', patched(8, ...Buffer.from('AVI ')));
write('no-channels.wav', patched(22, 0, 0));
write('no-rate.wav', patched(24, 0, 0, 0, 0));
write('slow.wav', patched(24, 100, 0, 0, 0));
write('fast.wav', patched(24, 0xff, 0xff, 0xff, 0xff));
write('four-gigabytes.wav', patched(40, 0xfe, 0xff, 0xff, 0xff));
write('adpcm.wav', patched(20, 2, 0));
write('odd-bits.wav', patched(34, 13, 0));
write('block-size.wav', patched(32, 77, 0));
write('long-chunk.wav', patched(16, 0xff, 0xff, 0xff, 0xff));
write('six.wav', wavBytes(Array.from({ length: 6 }, () => voice(48000, 0.1)), 48000));
write('trace.txt', '20\n20\n20\n20\n20\n20\n20\n20\n20\n20\n');
write('words.txt', '20\nsoon\n');
write('negative.txt', '20\n-5\n');
write('nothing.txt', '# only a comment\n');
write('binary.txt', Buffer.from([0, 27, 91, 51, 49, 109, 255, 10, 7]));
write('odd.raw', Buffer.alloc(7));
report(folder, 'opus', 'encode', 'good.wav', 'good.opus');
const opus = readFileSync(join(folder, 'good.opus'));
write('cut.opus', opus.subarray(0, opus.length - 100));
write('head.opus', opus.subarray(0, 47));
write('surround.opus', Buffer.concat([opus]).fill(1, 46, 47)); // breaks the checksum of the first page too
write('page-cut.opus', opus.subarray(0, 20));
mkdirSync(join(folder, 'folder'));

const enhance = (name) => ['enhance', name, 'out.wav'];
const cases = [
  [[], /command/],
  [['fly'], /unknown command 'fly'/],
  [['opus'], /command/],
  [['opus', 'play'], /unknown command 'play'/],
  [['enhance'], /missing required argument 'IN.wav'/],
  [['enhance', 'good.wav'], /missing required argument 'OUT.wav'/],
  [['enhance', 'good.wav', 'out.wav', 'more'], /too many arguments/],
  [[...enhance('good.wav'), '--louder'], /unknown option '--louder'/],
  [[...enhance('good.wav'), '--noise-suppression', 'extreme'], /extreme.*off, low, moderate, high, max/],
  [[...enhance('good.wav'), '--noise-suppression'], /argument missing/],
  [[...enhance('good.wav'), '--suppressor', 'magic'], /magic.*classical, neural/],
  [[...enhance('good.wav'), '--suppressor', 'neural'], /no neural suppressor/],
  [enhance('absent.wav'), /absent\.wav: there is no such file/],
  [enhance('folder'), /folder/],
  [enhance('text.wav'), /not a WAV/],
  [enhance('avi.wav'), /not a WAV/],
  [enhance('empty.wav'), /empty/],
  [enhance('riff-only.wav'), /not a WAV/],
  [enhance('header-cut.wav'), /truncated|too short/],
  [enhance('no-data.wav'), /truncated/],
  [enhance('data-cut.wav'), /truncated.*8000.*1001/],
  [enhance('no-sound.wav'), /no sound/],
  [enhance('no-channels.wav'), /0 channels/],
  [enhance('no-rate.wav'), /0 Hz/],
  [enhance('slow.wav'), /100 Hz/],
  [enhance('fast.wav'), /4294967295 Hz/],
  [enhance('four-gigabytes.wav'), /truncated/],
  [enhance('adpcm.wav'), /format 2/],
  [enhance('odd-bits.wav'), /13 bits/],
  [enhance('block-size.wav'), /block size 77/],
  [enhance('long-chunk.wav'), /truncated/],
  [enhance('six.wav'), /6 channels/],
  [['enhance', 'good.wav', 'folder'], /folder/],
  [['enhance', 'good.wav', 'absent/out.wav'], /cannot write absent\/out\.wav/],
  [['opus', 'encode', 'text.wav', 'out.opus'], /not a WAV/],
  [['opus', 'encode', 'six.wav', 'out.opus'], /6 channels/],
  [['opus', 'encode', 'good.wav', 'out.opus', '--bitrate', '100'], /6000 to 510000/],
  [['opus', 'encode', 'good.wav', 'out.opus', '--bitrate', '1e5'], /whole number/],
  [['opus', 'encode', 'good.wav', 'out.opus', '--complexity', '11'], /0 to 10/],
  [['opus', 'encode', 'good.wav', 'out.opus', '--loss-percent', '-1'], /0 to 100|argument missing/],
  [['opus', 'encode', 'good.wav', 'out.opus', '--application', 'radio'], /voip, audio, lowdelay/],
  [['opus', 'decode', 'good.wav', 'out.wav'], /not an Ogg file/],
  [['opus', 'decode', 'empty.wav', 'out.wav'], /not an Ogg file/],
  [['opus', 'decode', 'cut.opus', 'out.wav'], /truncated/],
  [['opus', 'decode', 'head.opus', 'out.wav'], /inside its headers/],
  [['opus', 'decode', 'surround.opus', 'out.wav'], /surround\.opus/],
  [['opus', 'decode', 'page-cut.opus', 'out.wav'], /not an Ogg file/],
  [['g711', 'encode', 'blaw', 'good.wav', 'out.al'], /alaw, ulaw/],
  [['g711', 'encode', 'alaw', 'text.wav', 'out.al'], /not a WAV/],
  [['g711', 'encode', 'alaw', 'six.wav', 'out.al'], /8000 Hz mono/],
  [['g711', 'encode', 'alaw', 'odd.raw', 'out.al'], /odd number/],
  [['g711', 'encode', 'alaw', 'good.wav', 'out.wav'], /bare codes/],
  [['g711', 'decode', 'alaw', 'good.wav', 'out.wav'], /bare codes/],
  [['g711', 'decode', 'alaw', 'empty.wav', 'out.wav'], /empty/],
  [['replay', 'good.wav', 'absent.txt', 'out.wav'], /absent\.txt/],
  [['replay', 'good.wav', 'words.txt', 'out.wav'], /line 2.*soon/],
  [['replay', 'good.wav', 'negative.txt', 'out.wav'], /line 2/],
  [['replay', 'good.wav', 'nothing.txt', 'out.wav'], /no packets/],
  [['replay', 'good.wav', 'binary.txt', 'out.wav'], /line 1/],
  [['replay', 'six.wav', 'trace.txt', 'out.wav'], /6 channels/],
  [['replay', 'good.wav', 'trace.txt', 'out.wav', '--min-delay', '500', '--max-delay', '100'], /--min-delay 500/],
  [['info', 'more'], /too many arguments/],
];
for (const [args, reason] of cases) {
  test(`earshot ${args.join(' ')} ends with 2 and one line`, () => {
    const before = readdirSync(folder).sort();
    const { status, stdout, stderr } = earshot(folder, ...args);
    assert.equal(status, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^earshot: [^\n\p{Cc}]+\n$/u, 'one line of text');
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack trace');
    assert.match(stderr, reason);
    assert.deepEqual(readdirSync(folder).sort(), before, 'nothing is left behind');
  });
}

test('--help and --version are no errors', () => {
  for (const args of [['--help'], ['enhance', '--help'], ['opus', 'encode', '--help'], ['help']]) {
    const { status, stdout, stderr } = earshot(folder, ...args);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /^Usage: earshot/);
  }
  const { status, stdout } = earshot(folder, '--version');
  assert.equal(status, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});
