// What is no H.264, or damaged: one line, exit code 2, nothing written, and no memory taken on its word.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { earshot, root, scratchFolder } from './support/earshot.mjs';
import { decodeH264, h264Module } from './support/h264-module.mjs';
import { framesOf, joinUnits, unitsOf } from './support/h264.mjs';
import { picture, y4mBytes } from './support/video.mjs';

const folder = scratchFolder();
const write = (name, bytes) => writeFileSync(join(folder, name), bytes);
const vector = (name) => readFileSync(join(root, `tests/data/h264/${name}.h264`));
const good = vector('baseline');
const frames = framesOf(good);

/** The bits of a number as Exp-Golomb code (ITU-T H.264 §9.1). */
const unsigned = (value) => {
  const bits = (value + 1).toString(2);
  return '0'.repeat(bits.length - 1) + bits;
};
/** A Baseline parameter set of so many macroblocks, level 5.1, one reference frame. */
const claiming = (across, down) => {
  const bits = [0, 0, 2, 1].map(unsigned).join('') + '0' + unsigned(across - 1) + unsigned(down - 1) + '1100' + '1';
  const bytes = bits.match(/.{1,8}/g).map((byte) => parseInt(byte.padEnd(8, '0'), 2));
  return Buffer.from([0x67, 66, 0xc0, 51, ...bytes]);
};
const [sps, pps] = unitsOf(good);
const extended = Buffer.from(sps);
extended[1] = 88;

write('good.h264', good);
write('empty', '');
write('zeros', Buffer.alloc(1000));
write('text', 'neither an H.264 nor a Y4M file\n');
write('start-code', Buffer.from([0, 0, 0, 1]));
write('parameters.h264', joinUnits([sps, pps]));
write('no-key-frame.h264', Buffer.concat([joinUnits([sps, pps]), ...frames.slice(1, 4)]));
write('no-parameters.h264', frames[1]);
write('cut.h264', good.subarray(0, frames[0].length + 40));
write('forbidden.h264', joinUnits([sps, pps, Buffer.from([0xe5, 0x88])]));
write('sps-cut.h264', joinUnits([sps.subarray(0, 6), pps]));
write('huge.h264', joinUnits([claiming(1024, 1024), pps]));
write('extended.h264', joinUnits([extended]));
write('interlaced.h264', vector('interlaced'));
write('high10.h264', vector('high10'));
write('b-frames.h264', vector('b-frames'));
write('partitions.h264', joinUnits([sps, pps, Buffer.from([0x42, 0x88])]));
write('good.y4m', y4mBytes(32, 16, [picture(32, 16, 0)]));
write('small.y4m', y4mBytes(8, 16, [picture(8, 16, 0)]));
write('huge.y4m', 'YUV4MPEG2 W16383 H16383 F30:1\nFRAME\n');
write('no-pictures.y4m', y4mBytes(32, 16, []));

const decode = (name) => ['h264', 'decode', name, '-o', 'out'];
const encode = (name) => ['h264', 'encode', name, 'out', '--bitrate', '100'];
const cases = [
  [['h264'], /command/],
  [['h264', 'encode', 'good.y4m', 'out'], /--bitrate/],
  [[...encode('good.y4m'), '--complexity', '3'], /from 0 to 2/],
  [[...encode('good.y4m'), '--temporal-layers', '4'], /from 1 to 3/],
  [encode('good.h264'), /not a Y4M/],
  [encode('small.y4m'), /8×16; 16×16 are needed/],
  [encode('huge.y4m'), /16383×16383/],
  [encode('no-pictures.y4m'), /no pictures/],
  [decode('absent.h264'), /no such file/],
  [decode('empty'), /empty/],
  [decode('zeros'), /not an H\.264 byte stream/],
  [decode('text'), /not an H\.264 byte stream/],
  [decode('good.y4m'), /not an H\.264 byte stream/],
  [decode('start-code'), /frame 0 is damaged/],
  [decode('parameters.h264'), /no pictures/],
  [decode('no-key-frame.h264'), /frame 0 is no key frame/],
  [decode('no-parameters.h264'), /frame 0 is no key frame/],
  [decode('cut.h264'), /frame 1 is damaged/],
  [decode('forbidden.h264'), /frame 0 is damaged/],
  [decode('sps-cut.h264'), /frame 0 is damaged/],
  [decode('huge.h264'), /frame 0 is of 16384×16384; up to 9437184/],
  [decode('extended.h264'), /the profile Extended; Baseline, Main, High are decoded/],
  [decode('interlaced.h264'), /interlaced/],
  [decode('high10.h264'), /the profile High 10/],
  [decode('b-frames.h264'), /frame 2 is of B slices/],
  [decode('partitions.h264'), /partitions/],
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
  test(`earshot-h264${suffix}.wasm: a size that is only claimed costs no memory beyond its limit`, () => {
    const e = h264Module(suffix);
    const handle = e.h264_decoder_create();
    const start = e.memory.buffer.byteLength;
    for (const [across, down] of [[1024, 1024], [256, 145], [1024, 37]]) assert.ok(decodeH264(e, handle, joinUnits([claiming(across, down), pps])) < 0);
    assert.equal(e.memory.buffer.byteLength, start);
    assert.equal(e.h264_decoder_reserve(handle, 2 ** 24 + 1), 0);
    assert.equal(e.h264_decoder_reserve(handle, -1), 0);
    // One after the other, in turn with a real one: nothing is left behind.
    const slice = unitsOf(frames[0]).at(-1);
    const play = () => {
      for (const [across, down] of [[256, 144], [144, 256], [1000, 36]]) {
        decodeH264(e, handle, joinUnits([claiming(across, down), pps, slice]));
        assert.equal(decodeH264(e, handle, frames[0]), 1);
      }
    };
    play();
    const most = e.memory.buffer.byteLength;
    assert.ok(most < 256 * 2 ** 20, `${most} bytes`);
    for (let i = 0; i < 10; i++) play();
    assert.ok(e.memory.buffer.byteLength <= most * 1.25, `${e.memory.buffer.byteLength} bytes after ${most}`);
  });

  test(`earshot-h264${suffix}.wasm: damaged streams neither trap nor grow`, () => {
    let state = 1;
    const random = (below) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % below;
    const e = h264Module(suffix);
    let [refused, shown] = [0, 0];
    for (const name of ['baseline', 'slices', 'main', 'high']) {
      const units = framesOf(vector(name)).map(unitsOf);
      for (let stream = 0; stream < 60; stream++) {
        const handle = e.h264_decoder_create();
        for (let i = 0; i < 10; i++) {
          const damaged = units[i === 0 ? 0 : random(units.length)].map((unit) => {
            if (random(3) > 0) return unit;
            const bytes = Buffer.from(unit).subarray(0, random(4) === 0 ? 1 + random(unit.length) : undefined);
            for (let n = random(4); n > 0; n--) bytes[random(bytes.length)] ^= 1 << random(8);
            return bytes;
          });
          const result = decodeH264(e, handle, joinUnits(damaged));
          assert.ok(result <= 1);
          if (result < 0) refused++;
          if (result === 1) shown++;
        }
        e.h264_decoder_destroy(handle);
      }
    }
    assert.ok(refused > 100 && shown > 100, `${refused} refused, ${shown} shown`);
    assert.ok(e.memory.buffer.byteLength < 64 * 2 ** 20, `${e.memory.buffer.byteLength} bytes`);
  });
}

test('the largest picture fits into the memory of encoder and decoder', () => {
  const e = h264Module('');
  const encoder = e.h264_encoder_create(4096, 2304, 30, 1, 5000, 0, 128, 1, 0);
  assert.ok(encoder > 0);
  for (let i = 0; i < 2; i++) assert.ok(e.h264_encoder_encode(encoder, 0) > 0);
  const bytes = e.h264_encoder_encode(encoder, 1);
  const frame = Buffer.from(new Uint8Array(e.memory.buffer, e.h264_encoder_packet(encoder), bytes));
  assert.equal(decodeH264(e, e.h264_decoder_create(), frame), 1);
  for (const args of [[0, 16], [15, 16], [16383, 16383], [4098, 2304], [-1, -1]]) assert.equal(e.h264_encoder_create(...args, 30, 1, 100, 0, 128, 1, 0), 0);
});
