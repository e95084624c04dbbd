import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dist, earshot, missing, report, root, run, scratchFolder } from './support/earshot.mjs';
import { framesOf, typeOf, unitsOf } from './support/h264.mjs';
import { psnrY, readY4m, writeY4m } from './support/video.mjs';

const folder = scratchFolder();
const file = (name) => join(folder, name);
const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');
const [width, height, numFrames] = [320, 176, 60];
const sources = writeY4m(file('in.y4m'), width, height, numFrames);
const encoded = report(folder, 'h264', 'encode', 'in.y4m', 'out.h264', '--bitrate', '500', '--keyint', '25');

test('encode: the file is a byte stream of one frame a picture, and the report is true of it', () => {
  const bytes = readFileSync(file('out.h264'));
  const frames = framesOf(bytes);
  assert.equal(frames.length, numFrames);
  assert.deepEqual(frames.flatMap((frame, i) => (unitsOf(frame).some((unit) => typeOf(unit) === 5) ? [i] : [])), [0, 25, 50]);
  assert.equal(encoded.frames, numFrames);
  assert.equal(encoded.key_frames, 3);
  assert.equal(encoded.bytes, bytes.length);
  assert.equal(encoded.threads, 1);
  assert.ok(encoded.cpu_seconds > 0);
  assert.ok(Math.abs(encoded.fps * encoded.cpu_seconds - numFrames) < 0.02 * numFrames);
  const kbps = (encoded.bytes * 8) / (numFrames / 30) / 1000;
  assert.ok(Math.abs(kbps - 500) < 125, `${kbps} kbit/s`);
});

test('decode: -o gives back the pictures, as far from the source as encode said', () => {
  const decoded = report(folder, 'h264', 'decode', 'out.h264', '-o', 'back.y4m', '--md5');
  const y4m = readY4m(file('back.y4m'));
  assert.match(y4m.header, /^YUV4MPEG2 W320 H176 F30:1 .*C420/);
  assert.equal(y4m.pictures.length, numFrames);
  // Of whole macroblocks, which this picture consists of.
  assert.ok(Math.abs(psnrY(width, height, sources, y4m.pictures) - encoded.psnr_y) < 0.01);
  assert.ok(encoded.psnr_y > 30);
  assert.equal(decoded.frames, numFrames);
  assert.equal(decoded.profile, 'Baseline');
  assert.equal(decoded.md5, md5(Buffer.concat(y4m.pictures)));
  assert.equal(earshot(folder, 'h264', 'decode', 'out.h264', '--md5').stdout, `${decoded.md5}  out.h264\n`);
  assert.match(earshot(folder, 'h264', 'decode', 'out.h264').stdout, /^out\.h264: 60 frames decoded, .* a second\n$/);
});

test("FFmpeg's own decoder sees the same pictures", { skip: missing('ffmpeg') }, () => {
  for (const layers of ['1', '3']) {
    report(folder, 'h264', 'encode', 'in.y4m', 'peer.h264', '--bitrate', '300', '--temporal-layers', layers, '--complexity', '2');
    run(folder, 'ffmpeg', '-v', 'error', '-y', '-c:v', 'h264', '-i', 'peer.h264', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', 'ffmpeg.yuv');
    assert.equal(report(folder, 'h264', 'decode', 'peer.h264', '--md5').md5, md5(readFileSync(file('ffmpeg.yuv'))));
  }
});

test('encode: complexity, bitrate and odd sizes act; the help names the patents', () => {
  const fast = report(folder, 'h264', 'encode', 'in.y4m', 'fast.h264', '--bitrate', '500');
  const slow = report(folder, 'h264', 'encode', 'in.y4m', 'slow.h264', '--bitrate', '500', '--complexity', '2');
  assert.notDeepEqual(readFileSync(file('slow.h264')), readFileSync(file('fast.h264')));
  assert.ok(slow.psnr_y > fast.psnr_y - 0.2, `${slow.psnr_y} and ${fast.psnr_y} dB`);
  const small = report(folder, 'h264', 'encode', 'in.y4m', 'small.h264', '--bitrate', '150');
  assert.ok(small.bytes < 0.6 * encoded.bytes && small.psnr_y < encoded.psnr_y - 2);
  writeY4m(file('odd.y4m'), 35, 19, 3);
  report(folder, 'h264', 'encode', 'odd.y4m', 'odd.h264', '--bitrate', '500');
  report(folder, 'h264', 'decode', 'odd.h264', '-o', 'odd-back.y4m');
  assert.match(readY4m(file('odd-back.y4m')).header, /W34 H18 /);
  assert.match(earshot(folder, 'h264', 'encode', '--help').stdout, /patented/);
});

test('through pipes', { skip: missing('sh') }, () => {
  const cli = `${process.execPath} ${join(dist, 'cli.mjs')}`;
  run(folder, 'sh', '-c', `cat in.y4m | ${cli} h264 encode /dev/stdin /dev/stdout --bitrate 500 --keyint 25 --json | head -c ${encoded.bytes} > piped.h264`);
  assert.deepEqual(readFileSync(file('piped.h264')), readFileSync(file('out.h264')));
});

const own = join(root, 'tests/data/h264');
const sumsOf = (name) => readFileSync(join(own, `${name}.h264.md5`), 'utf8').trim().split('\n');
for (const name of ['baseline', 'slices', 'main', 'high']) {
  test(`x264's ${name}.h264: the command gives the pictures of FFmpeg's decoder`, () => {
    report(folder, 'h264', 'decode', join(own, `${name}.h264`), '-o', 'vector.y4m');
    assert.deepEqual(readY4m(file('vector.y4m')).pictures.map(md5), sumsOf(name));
  });
}

test('a change of size: --md5 takes it, a Y4M file cannot', () => {
  writeFileSync(file('two.h264'), Buffer.concat(['main', 'baseline'].map((name) => readFileSync(join(own, `${name}.h264`)))));
  assert.equal(report(folder, 'h264', 'decode', 'two.h264', '--md5').frames, sumsOf('main').length + sumsOf('baseline').length);
  const { status, stderr } = earshot(folder, 'h264', 'decode', 'two.h264', '-o', 'two.y4m');
  assert.equal(status, 2);
  assert.match(stderr, /changes from 98×62 to 176×144/);
  assert.equal(existsSync(file('two.y4m')), false);
});

/** Recordings that are not kept here. The sums are FFmpeg's: ffmpeg -i FILE -f rawvideo -pix_fmt yuv420p - | md5sum */
const recordings = join(process.env.EARSHOT_DATA ?? join(root, '..', 'shared'), 'data/video');
for (const [name, sum] of [['foreman-cif.264', 'b2dd907cd1d30a189d05e1e86c4f4da1'], ['Zhling_1280x720.264', 'cce94ac8111d405a14cc143e5fe9f7f2']]) {
  test(`${name} decodes as in FFmpeg`, { skip: !existsSync(join(recordings, name)) && `it is not in ${recordings}; EARSHOT_DATA names another folder of data` }, () => {
    assert.equal(report(folder, 'h264', 'decode', join(recordings, name), '--md5').md5, sum);
  });
}
