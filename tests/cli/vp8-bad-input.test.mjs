// What is no video, or damaged: one line, exit code 2, nothing written, and no memory taken on its word.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { earshot, root, scratchFolder } from './support/earshot.mjs';
import { ivfBytes, picture, readIvf, y4mBytes } from './support/video.mjs';
import { decodeFrame, videoModule } from './support/video-module.mjs';

const folder = scratchFolder();
const write = (name, bytes) => writeFileSync(join(folder, name), bytes);
const vector = join(root, 'tests/data/vp8/vp80-00-comprehensive-016.ivf');
const good = readFileSync(vector);
const frames = readIvf(vector).frames.map(({ bytes }) => bytes);
/** `bytes` with some of them replaced. */
const patched = (bytes, at, ...values) => {
  const copy = Buffer.from(bytes);
  Buffer.from(values).copy(copy, at);
  return copy;
};
/** A key frame of 200 bytes that claims a size. */
const claiming = (width, height) => {
  const frame = Buffer.alloc(200);
  frame.set([0x10, 0, 0, 0x9d, 0x01, 0x2a]);
  frame.writeUInt16LE(width, 6);
  frame.writeUInt16LE(height, 8);
  return frame;
};

/** The number of a VP8 encoder's parameter. */
const encoderParam = (name) => {
  const [params] = /enum class Vp8EncoderParam[^}]*/.exec(readFileSync(join(root, 'wasm/bindings/abi.h'), 'utf8'));
  return Number(new RegExp(`${name} = (\\d+)`).exec(params)[1]);
};

write('good.ivf', good);
write('empty', '');
write('text', 'neither an IVF nor a Y4M file\n');
write('header-cut.ivf', good.subarray(0, 30));
write('no-frames.ivf', good.subarray(0, 32));
write('frame-header-cut.ivf', good.subarray(0, 40));
write('frame-cut.ivf', good.subarray(0, good.length - 1));
write('vp9.ivf', patched(good, 8, ...Buffer.from('VP90')));
write('header-length.ivf', patched(good, 6, 0, 0));
write('four-gigabytes.ivf', patched(good, 32, 0xff, 0xff, 0xff, 0xff));
write('no-key-frame.ivf', ivfBytes(176, 144, frames.slice(1)));
write('no-bytes.ivf', ivfBytes(176, 144, [frames[0], Buffer.alloc(0)]));
write('start-code.ivf', ivfBytes(176, 144, [patched(frames[0], 3, 0)]));
write('no-size.ivf', ivfBytes(176, 144, [claiming(0, 144)]));
write('huge.ivf', ivfBytes(16383, 16383, [claiming(16383, 16383)]));
write('largest.ivf', ivfBytes(4096, 2304, [claiming(4096, 2304)]));
write('partition-cut.ivf', ivfBytes(176, 144, [frames[0], frames[1].subarray(0, 8)]));

const pictures = [picture(32, 16, 0), picture(32, 16, 1)];
const y4m = y4mBytes(32, 16, pictures);
write('good.y4m', y4m);
write('no-pictures.y4m', y4mBytes(32, 16, []));
write('cut.y4m', y4m.subarray(0, y4m.length - 7));
write('no-frame.y4m', Buffer.concat([y4m.subarray(0, y4m.indexOf('FRAME')), Buffer.from('FRIDGE\n'), pictures[0]]));
write('no-width.y4m', 'YUV4MPEG2 H16 F30:1\n');
write('zero.y4m', 'YUV4MPEG2 W0 H16 F30:1\n');
write('word.y4m', 'YUV4MPEG2 Wwide H16 F30:1\n');
write('huge.y4m', 'YUV4MPEG2 W16383 H16383 F30:1\nFRAME\n');
write('beyond.y4m', 'YUV4MPEG2 W99999 H16 F30:1\nFRAME\n');
write('no-rate.y4m', 'YUV4MPEG2 W32 H16\n');
write('rate-zero.y4m', 'YUV4MPEG2 W32 H16 F30:0\n');
write('444.y4m', y4mBytes(32, 16, pictures, 'F30:1 C444'));
write('10-bit.y4m', y4mBytes(32, 16, pictures, 'F30:1 C420p10'));
write('interlaced.y4m', y4mBytes(32, 16, pictures, 'F30:1 It'));
write('endless.y4m', Buffer.concat([Buffer.from('YUV4MPEG2 '), Buffer.alloc(1 << 20, 'x')]));

const decode = (name) => ['vp8', 'decode', name, '-o', 'out'];
const encode = (name) => ['vp8', 'encode', name, 'out', '--bitrate', '100'];
const cases = [
  [['vp8'], /command/],
  [['vp8', 'encode', 'good.y4m', 'out'], /--bitrate/],
  [['vp8', 'encode', 'good.y4m', 'out', '--bitrate', '0'], /from 1 to/],
  [['vp8', 'encode', 'good.y4m', 'out', '--bitrate', '1e3'], /whole number/],
  [[...encode('good.y4m'), '--cpu-used', '17'], /from -16 to 16/],
  [[...encode('good.y4m'), '--keyint', '0'], /from 1 to/],
  [[...encode('good.y4m'), '--threads', '0'], /from 1 to/],
  [encode('absent.y4m'), /absent\.y4m: there is no such file/],
  [encode('empty'), /empty/],
  [encode('text'), /not a Y4M/],
  [encode('good.ivf'), /not a Y4M/],
  [encode('no-pictures.y4m'), /no pictures/],
  [encode('cut.y4m'), /truncated: of frame 1 .* 761 of 768/],
  [encode('no-frame.y4m'), /no FRAME/],
  [encode('no-width.y4m'), /no width/],
  [encode('zero.y4m'), /width of 0/],
  [encode('word.y4m'), /width of wide/],
  [encode('huge.y4m'), /16383×16383/],
  [encode('beyond.y4m'), /99999/],
  [encode('no-rate.y4m'), /no frame rate/],
  [encode('rate-zero.y4m'), /30:0/],
  [encode('444.y4m'), /444/],
  [encode('10-bit.y4m'), /420p10/],
  [encode('interlaced.y4m'), /interlaced/],
  [encode('endless.y4m'), /no width/],
  [decode('absent.ivf'), /no such file/],
  [decode('empty'), /empty/],
  [decode('text'), /not an IVF/],
  [decode('good.y4m'), /not an IVF/],
  [decode('header-cut.ivf'), /truncated/],
  [decode('no-frames.ivf'), /no frames/],
  [decode('frame-header-cut.ivf'), /truncated: it ends inside the header of frame 0/],
  [decode('frame-cut.ivf'), /truncated: of frame 28/],
  [decode('vp9.ivf'), /VP90/],
  [decode('header-length.ivf'), /header of 0 bytes/],
  [decode('four-gigabytes.ivf'), /4294967295 bytes/],
  [decode('no-key-frame.ivf'), /frame 0 is no key frame/],
  [decode('no-bytes.ivf'), /frame 1 is damaged/],
  [decode('start-code.ivf'), /frame 0 is damaged/],
  [decode('no-size.ivf'), /frame 0 is damaged/],
  [decode('huge.ivf'), /frame 0 says it has more than 9437184 pixels/],
  [decode('largest.ivf'), /frame 0 is damaged/],
  [decode('partition-cut.ivf'), /frame 1 is damaged/],
];

for (const [args, message] of cases) {
  test(`earshot ${args.join(' ')}`, () => {
    const { status, stdout, stderr } = earshot(folder, ...args);
    assert.equal(status, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^earshot: [^\n]+\n$/);
    assert.match(stderr, message);
    assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('out')), []);
  });
}

for (const suffix of ['', '-scalar']) {
  test(`earshot-video${suffix}.wasm: a size that is only claimed costs no memory beyond its limit`, () => {
    const e = videoModule(suffix);
    const handle = e.vp8_decoder_create();
    const start = e.memory.buffer.byteLength;
    for (const [width, height] of [[16383, 16383], [16383, 577], [4097, 2304], [0, 0]]) assert.ok(decodeFrame(e, handle, claiming(width, height)) < 0);
    assert.equal(e.memory.buffer.byteLength, start);
    assert.equal(e.vp8_decoder_reserve(handle, 2 ** 24 + 1), 0);
    assert.equal(e.vp8_decoder_reserve(handle, -1), 0);
    // One after the other, in turn with a real one: nothing is left behind.
    const sizes = [[4096, 2304], [2304, 4096], [16383, 576], [576, 16383]];
    const play = () => {
      for (const [width, height] of sizes) {
        decodeFrame(e, handle, claiming(width, height));
        assert.equal(decodeFrame(e, handle, frames[0]), 1);
      }
    };
    play();
    const most = e.memory.buffer.byteLength;
    assert.ok(most < 192 * 2 ** 20, `${most} bytes`);
    for (let i = 0; i < 10; i++) play();
    assert.ok(e.memory.buffer.byteLength <= most * 1.25, `${e.memory.buffer.byteLength} bytes after ${most}`);
  });

  test(`earshot-video${suffix}.wasm: damaged streams neither trap nor grow`, () => {
    let state = 1;
    const random = (below) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % below;
    const e = videoModule(suffix);
    let refused = 0;
    for (let stream = 0; stream < 60; stream++) {
      const handle = e.vp8_decoder_create();
      for (let i = 0; i < frames.length; i++) {
        const bytes = Buffer.from(frames[i]).subarray(0, random(4) === 0 ? random(frames[i].length) : undefined);
        for (let n = random(4); n > 0 && bytes.length > 10; n--) bytes[10 + random(bytes.length - 10)] = random(256);
        const result = decodeFrame(e, handle, bytes);
        assert.ok(result <= 1);
        if (result < 0) refused++;
      }
      e.vp8_decoder_destroy(handle);
    }
    assert.ok(refused > 100, `${refused} refused`);
    assert.ok(e.memory.buffer.byteLength < 16 * 2 ** 20);
  });
}

test('the largest picture fits into the memory of encoder and decoder', () => {
  const e = videoModule('');
  const encoder = e.vp8_encoder_create();
  const resize = (width, height) => {
    assert.equal(e.vp8_encoder_set(encoder, encoderParam('kWidth'), width), 0);
    assert.equal(e.vp8_encoder_set(encoder, encoderParam('kHeight'), height), 0);
    return e.vp8_encoder_configure(encoder);
  };
  assert.equal(resize(4096, 2304), 0);
  for (let i = 0; i < 2; i++) assert.ok(e.vp8_encoder_encode(encoder, 0, 0) > 0);
  const bytes = e.vp8_encoder_encode(encoder, 1, 0);
  const frame = Buffer.from(new Uint8Array(e.memory.buffer, e.vp8_encoder_packet(encoder), bytes));
  assert.equal(decodeFrame(e, e.vp8_decoder_create(), frame), 1);
  for (const size of [[0, 1], [16383, 16383], [4097, 2304], [-1, -1]]) assert.ok(resize(...size) < 0);
  assert.ok(e.vp8_encoder_encode(encoder, 0, 0) > 0, 'a refused size leaves the old one');
  for (const value of [NaN, Infinity, -1, 1e12]) {
    assert.ok(e.vp8_encoder_set(encoder, encoderParam('kProfile'), value) < 0);
    assert.ok(e.vp8_encoder_set(encoder, encoderParam('kAllowDrops'), value) < 0);
    assert.equal(e.vp8_encoder_set(encoder, encoderParam('kBitrateKbps'), value), 0);
    assert.ok(e.vp8_encoder_configure(encoder) < 0);
  }
  for (const param of [-1, 19, 1e9]) assert.ok(e.vp8_encoder_set(encoder, param, 1) < 0);
  for (const time of [NaN, Infinity, -Infinity, 1e300]) assert.ok(e.vp8_encoder_encode(encoder, 0, time) < 0);
  const empty = e.vp8_encoder_create();
  assert.ok(e.vp8_encoder_encode(empty, 0, 0) < 0);
  assert.equal(e.vp8_encoder_packet(empty), 0);
});
