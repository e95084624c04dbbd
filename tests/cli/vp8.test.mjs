import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { earshot, missing, report, root, run, scratchFolder } from './support/earshot.mjs';
import { psnrY, readIvf, readY4m, writeY4m } from './support/video.mjs';
import { decodeFrame, decodedPicture, threadedVideoModule, videoModule } from './support/video-module.mjs';

const folder = scratchFolder();
const file = (name) => join(folder, name);
const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');
const isKeyFrame = ({ bytes }) => (bytes[0] & 1) === 0;

const [width, height, numFrames] = [322, 181, 60];
const sources = writeY4m(file('in.y4m'), width, height, numFrames);
const encoded = report(folder, 'vp8', 'encode', 'in.y4m', 'out.ivf', '--bitrate', '500', '--keyint', '25');

test('encode: the file is an IVF of one frame a picture, and the report is true of it', () => {
  const ivf = readIvf(file('out.ivf'));
  assert.deepEqual([ivf.signature, ivf.codec, ivf.width, ivf.height, ivf.rate, ivf.count], ['DKIF', 'VP80', width, height, [30, 1], numFrames]);
  assert.deepEqual(ivf.frames.map(({ time }) => time), Array.from({ length: numFrames }, (_, i) => i));
  assert.deepEqual(ivf.frames.flatMap((frame, i) => (isKeyFrame(frame) ? [i] : [])), [0, 25, 50]);
  assert.equal(encoded.frames, numFrames);
  assert.equal(encoded.key_frames, 3);
  assert.equal(encoded.bytes, readFileSync(file('out.ivf')).length);
  assert.equal(encoded.threads, 1);
  assert.ok(encoded.cpu_seconds > 0);
  assert.ok(Math.abs(encoded.fps * encoded.cpu_seconds - numFrames) < 0.02 * numFrames);
  const kbps = (encoded.bytes * 8) / (numFrames / 30) / 1000;
  assert.ok(Math.abs(kbps - 500) < 100, `${kbps} kbit/s`);
});

test('decode: -o gives back the pictures, as far from the source as encode said', () => {
  const decoded = report(folder, 'vp8', 'decode', 'out.ivf', '-o', 'back.y4m', '--md5');
  const y4m = readY4m(file('back.y4m'));
  assert.match(y4m.header, /^YUV4MPEG2 W322 H181 F30:1 .*C420/);
  assert.equal(y4m.pictures.length, numFrames);
  assert.ok(Math.abs(psnrY(width, height, sources, y4m.pictures) - encoded.psnr_y) < 0.001);
  assert.ok(encoded.psnr_y > 30);
  assert.equal(decoded.frames, numFrames);
  assert.equal(decoded.bytes, numFrames * y4m.pictures[0].length);
  assert.equal(decoded.md5, md5(Buffer.concat(y4m.pictures)));
  assert.equal(earshot(folder, 'vp8', 'decode', 'out.ivf', '--md5').stdout, `${decoded.md5}  out.ivf\n`);
  assert.match(earshot(folder, 'vp8', 'decode', 'out.ivf').stdout, /^out\.ivf: 60 frames decoded, .* a second\n$/);
});

test("ffmpeg's own decoder sees the same pictures", { skip: missing('ffmpeg') }, () => {
  run(folder, 'ffmpeg', '-v', 'error', '-y', '-c:v', 'vp8', '-i', 'out.ivf', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', 'ffmpeg.yuv');
  assert.equal(report(folder, 'vp8', 'decode', 'out.ivf', '--md5').md5, md5(readFileSync(file('ffmpeg.yuv'))));
});

test('encode: speed and bitrate act, and one command makes one file', () => {
  const encode = (name, ...options) => report(folder, 'vp8', 'encode', 'in.y4m', name, '--bitrate', '500', ...options);
  encode('a.ivf', '--cpu-used', '-6', '--keyint', '25');
  assert.deepEqual(readFileSync(file('a.ivf')), readFileSync(file('out.ivf')));
  const slow = encode('slow.ivf', '--cpu-used', '-2');
  const fast = encode('fast.ivf', '--cpu-used', '16');
  assert.ok(slow.psnr_y > fast.psnr_y + 0.1, `${slow.psnr_y} and ${fast.psnr_y} dB`);
  const small = report(folder, 'vp8', 'encode', 'in.y4m', 'small.ivf', '--bitrate', '150');
  assert.ok(small.bytes < 0.5 * encoded.bytes && small.psnr_y < encoded.psnr_y - 3);
  assert.match(earshot(folder, 'vp8', 'encode', 'in.y4m', 'b.ivf', '--bitrate', '500').stdout, /^b\.ivf: 60 frames in \d+ bytes, PSNR [\d.]+ dB, [\d.]+ frames a second\n$/);
});

test('encode: threads are taken as far as there are and are of use, and as many make the same file', () => {
  const encode = (name, threads) => report(folder, 'vp8', 'encode', 'in.y4m', name, '--bitrate', '500', '--keyint', '25', '--threads', threads);
  const two = encode('threads.ivf', '2');
  assert.equal(two.threads, 2);
  assert.equal(encode('again.ivf', '2').threads, 2);
  assert.deepEqual(readFileSync(file('again.ivf')), readFileSync(file('threads.ivf')));
  report(folder, 'vp8', 'decode', 'threads.ivf', '-o', 'threads.y4m');
  assert.ok(Math.abs(psnrY(width, height, sources, readY4m(file('threads.y4m')).pictures) - two.psnr_y) < 0.001);
  // Threads learn less from each other's rows: another stream, and one that is not much worse.
  assert.notDeepEqual(readFileSync(file('threads.ivf')), readFileSync(file('out.ivf')));
  assert.ok(Math.abs(two.psnr_y - encoded.psnr_y) < 0.5, `${two.psnr_y} and ${encoded.psnr_y} dB`);
  assert.ok(Math.abs(two.bytes / encoded.bytes - 1) < 0.1, `${two.bytes} and ${encoded.bytes} bytes`);
  assert.equal(encode('many.ivf', '64').threads, 8);
  writeY4m(file('small.y4m'), 32, 16, 3);
  const small = report(folder, 'vp8', 'encode', 'small.y4m', 'small.ivf', '--bitrate', '100', '--threads', '8');
  assert.deepEqual([small.threads, small.frames], [2, 3]);
});

test('through pipes', { skip: missing('sh') }, () => {
  const cli = `${process.execPath} ${join(process.env.EARSHOT_DIST ?? join(root, 'dist'), 'cli.mjs')}`;
  run(folder, 'sh', '-c', `cat in.y4m | ${cli} vp8 encode /dev/stdin /dev/stdout --bitrate 500 --keyint 25 --json | head -c ${encoded.bytes} > piped.ivf`);
  const piped = readIvf(file('piped.ivf'));
  assert.deepEqual(piped.frames.map(({ bytes }) => md5(bytes)), readIvf(file('out.ivf')).frames.map(({ bytes }) => md5(bytes)));
});

/** The sums a vector comes with, one a picture. */
const sumsOf = (path) => readFileSync(`${path}.md5`, 'utf8').trim().split('\n').map((line) => line.slice(0, 32));
const vectorsIn = (path) => readdirSync(path).filter((name) => name.endsWith('.ivf')).map((name) => join(path, name));

const own = join(root, 'tests/data/vp8');
for (const path of vectorsIn(own)) {
  test(`test vector ${basename(path)}: the command gives its pictures`, () => {
    const decoded = report(folder, 'vp8', 'decode', path, '-o', 'vector.y4m', '--md5');
    const { pictures } = readY4m(file('vector.y4m'));
    assert.equal(decoded.frames, pictures.length);
    assert.equal(decoded.md5, md5(Buffer.concat(pictures)));
    assert.deepEqual(pictures.map(md5), sumsOf(path));
  });
}

/** All of them are not kept here: a folder of data beside the checkout may have them, as the benchmarks find it. */
const all = join(process.env.EARSHOT_DATA ?? join(root, '..', 'shared'), 'data/vectors/vp8');
for (const suffix of ['', '-scalar']) {
  test(`all 61 test vectors decode bit-exactly${suffix}`, { skip: !existsSync(all) && `the vectors are not in ${all}; EARSHOT_DATA names another folder of data` }, () => {
    const paths = vectorsIn(all);
    assert.equal(paths.length, 61);
    for (const path of paths) {
      const e = videoModule(suffix);
      const handle = e.vp8_decoder_create();
      const shown = readIvf(path).frames.flatMap(({ bytes }) => {
        const result = decodeFrame(e, handle, bytes);
        assert.ok(result >= 0, path);
        return result === 1 ? [md5(decodedPicture(e, handle))] : [];
      });
      assert.deepEqual(shown, sumsOf(path), path);
    }
  });
}

test('all 61 test vectors decode bit-exactly in two threads', { skip: !existsSync(all) && `the vectors are not in ${all}` }, async () => {
  const { e, terminate } = await threadedVideoModule(2);
  for (const path of vectorsIn(all)) {
    const handle = e.vp8_decoder_create();
    const sums = readIvf(path).frames.flatMap(({ bytes }) => {
      const result = decodeFrame(e, handle, bytes);
      assert.ok(result >= 0, path);
      return result === 1 ? [md5(decodedPicture(e, handle).slice())] : [];
    });
    assert.deepEqual(sums, sumsOf(path), path);
    assert.equal(e.threads_running(), 1);
    e.vp8_decoder_destroy(handle);
    assert.equal(e.threads_running(), 0);
  }
  await terminate();
});

test('a change of size: --md5 takes it, a Y4M file cannot', () => {
  const [small, odd] = ['016', '006'].map((name) => join(own, `vp80-00-comprehensive-${name}.ivf`));
  writeFileSync(file('two.ivf'), Buffer.concat([readFileSync(small), readFileSync(odd).subarray(32)]));
  const pictures = [small, odd].map((path) => {
    report(folder, 'vp8', 'decode', path, '-o', 'part.y4m');
    return Buffer.concat(readY4m(file('part.y4m')).pictures);
  });
  assert.equal(report(folder, 'vp8', 'decode', 'two.ivf', '--md5').md5, md5(Buffer.concat(pictures)));
  const { status, stderr } = earshot(folder, 'vp8', 'decode', 'two.ivf', '-o', 'two.y4m');
  assert.equal(status, 2);
  assert.match(stderr, /changes from 176×144 to/);
  assert.equal(existsSync(file('two.y4m')), false);
});
