// The picture converter of earshot-video.wasm across the boundary, as the typed wrapper and a page use it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dist, root } from './support/earshot.mjs';

const abi = readFileSync(join(root, 'wasm/bindings/abi.h'), 'utf8');
/** The number of an enumerator of abi.h. */
function number(enumName, name) {
  const body = new RegExp(`enum class ${enumName} : int \\{([^}]*)\\}`).exec(abi)[1];
  return Number(new RegExp(`\\b${name} = (\\d+)`).exec(body)[1]);
}
const format = (name) => number('PictureFormat', name);
const param = (name) => number('PictureParam', name);

const i420Bytes = (width, height) => width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);

function instantiate(suffix) {
  const bytes = readFileSync(join(dist, `earshot-video${suffix}.wasm`));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
  exports._initialize();
  return exports;
}

function makeEncoder(e, width, height) {
  const encoder = e.vp8_encoder_create();
  e.vp8_encoder_set(encoder, number('Vp8EncoderParam', 'kWidth'), width);
  e.vp8_encoder_set(encoder, number('Vp8EncoderParam', 'kHeight'), height);
  assert.equal(e.vp8_encoder_configure(encoder), 0);
  return encoder;
}

/** Random bytes, the same in every run. */
function noise(count) {
  let state = 1;
  return Uint8Array.from({ length: count }, () => (state = (state * 48271) % 2147483647) >> 8);
}

for (const suffix of ['', '-scalar']) {
  test(`RGBA goes into an encoder's input, and its I420 back to RGBA (earshot-video${suffix}.wasm)`, () => {
    const e = instantiate(suffix);
    const [width, height] = [98, 66];
    const encoder = makeEncoder(e, width, height);
    const picture = e.picture_create();
    // One colour: BT.709 in the full range by its formula.
    const source = e.picture_source(picture, format('kRgba'), 2 * width, 2 * height);
    const pixels = new Uint8Array(e.memory.buffer, source, 16 * width * height);
    for (let i = 0; i < pixels.length; i += 4) pixels.set([200, 100, 50, 7], i);
    assert.equal(e.picture_set(picture, param('kTargetMatrix'), number('ColorMatrix', 'kBt709')), 0);
    assert.equal(e.picture_set(picture, param('kTargetRange'), number('ColorRange', 'kFull')), 0);
    const input = e.vp8_encoder_input(encoder);
    assert.equal(e.picture_to_i420(picture, input, width, height), i420Bytes(width, height));
    const luma = 0.2126 * 200 + 0.7152 * 100 + 0.0722 * 50;
    const expected = [luma, 128 + (50 - luma) / 1.8556, 128 + (200 - luma) / 1.5748].map(Math.round);
    const i420 = new Uint8Array(e.memory.buffer, input, i420Bytes(width, height));
    const chroma = (width / 2) * (height / 2);
    assert.ok(i420.subarray(0, width * height).every((byte) => byte === expected[0]));
    assert.ok(i420.subarray(width * height, width * height + chroma).every((byte) => byte === expected[1]));
    assert.ok(i420.subarray(width * height + chroma).every((byte) => byte === expected[2]));
    assert.ok(e.vp8_encoder_encode(encoder, 1, 0) > 0);

    e.picture_set(picture, param('kSourceMatrix'), number('ColorMatrix', 'kBt709'));
    e.picture_set(picture, param('kSourceRange'), number('ColorRange', 'kFull'));
    for (const [name, order] of [['kRgba', [200, 100, 50]], ['kBgra', [50, 100, 200]]]) {
      assert.equal(e.picture_to_rgba(picture, input, width, height, format(name)), 4 * width * height);
      const rgb = new Uint8Array(e.memory.buffer, e.picture_output(picture), 4 * width * height);
      assert.ok(rgb.every((byte, i) => (i % 4 === 3 ? byte === 255 : Math.abs(byte - order[i % 4]) <= 1)), name);
    }
    e.picture_destroy(picture);
    e.vp8_encoder_destroy(encoder);
  });

  test(`what makes no sense is refused (earshot-video${suffix}.wasm)`, () => {
    const e = instantiate(suffix);
    const picture = e.picture_create();
    for (const args of [[-1, 8, 8], [10, 8, 8], [0, 0, 8], [0, 8, -1], [0, 16384, 1], [6, 4097, 2304], [0, 2 ** 31 - 1, 2 ** 31 - 1]]) {
      assert.equal(e.picture_source(picture, ...args), 0, String(args));
    }
    const encoder = makeEncoder(e, 64, 64);
    const out = e.vp8_encoder_input(encoder);
    assert.ok(e.picture_to_i420(picture, out, 64, 64) < 0, 'no source yet');
    assert.ok(e.picture_source(picture, 0, 8, 8) > 0);
    for (const [width, height] of [[0, 8], [8, -8], [16384, 1], [2 ** 31 - 1, 2 ** 31 - 1]]) {
      assert.ok(e.picture_to_i420(picture, out, width, height) < 0);
      assert.ok(e.picture_to_rgba(picture, out, width, height, format('kRgba')) < 0);
    }
    for (const bad of ['kI420', 'kNv12']) assert.ok(e.picture_to_rgba(picture, out, 8, 8, format(bad)) < 0);
    assert.ok(e.picture_to_rgba(picture, out, 8, 8, 99) < 0);
    for (const [name, values] of [['kSourceMatrix', [-1, 2, NaN]], ['kTargetRange', [2, Infinity]], ['kRotation', [45, 360, -90, NaN]], ['kCropX', [-1, 1e12, NaN]]]) {
      for (const value of values) assert.ok(e.picture_set(picture, param(name), value) < 0, `${name} ${value}`);
    }
    assert.ok(e.picture_set(picture, 99, 0) < 0);
    assert.equal(e.picture_set(picture, param('kCropX'), 3), 0);
    assert.equal(e.picture_set(picture, param('kCropWidth'), 6), 0);
    assert.equal(e.picture_set(picture, param('kCropHeight'), 4), 0);
    assert.ok(e.picture_to_i420(picture, out, 8, 8) < 0, 'a part outside the source');
    assert.equal(e.picture_set(picture, param('kCropX'), 2), 0);
    assert.equal(e.picture_to_i420(picture, out, 8, 8), i420Bytes(8, 8));
  });
}

test('SIMD and scalar give the same bytes', () => {
  const results = ['', '-scalar'].map((suffix) => {
    const e = instantiate(suffix);
    const picture = e.picture_create();
    const encoder = makeEncoder(e, 90, 70);
    const out = e.vp8_encoder_input(encoder);
    const all = [];
    for (let number = 0; number < 10; number++) {
      const source = e.picture_source(picture, number, 131, 77);
      const bytes = noise(131 * 77 * 4);
      // All formats are of at least so many bytes.
      new Uint8Array(e.memory.buffer, source, i420Bytes(131, 77)).set(bytes.subarray(0, i420Bytes(131, 77)));
      e.picture_set(picture, param('kTargetMatrix'), number % 2);
      e.picture_set(picture, param('kRotation'), 90 * (number % 4));
      const count = e.picture_to_i420(picture, out, 90, 70);
      all.push(Buffer.from(new Uint8Array(e.memory.buffer, out, count)));
    }
    return Buffer.concat(all);
  });
  assert.equal(results[0].length, 10 * i420Bytes(90, 70));
  assert.ok(results[0].equals(results[1]));
});

test('a thousand pictures of changing sizes leave the memory bounded', () => {
  const e = instantiate('');
  const encoder = makeEncoder(e, 640, 360);
  const out = e.vp8_encoder_input(encoder);
  const pass = (count) => {
    for (let i = 0; i < count; i++) {
      const picture = e.picture_create();
      const [width, height] = [2 + ((i * 37) % 640), 2 + ((i * 53) % 360)];
      assert.ok(e.picture_source(picture, i % 10, width, height) > 0);
      assert.ok(e.picture_to_i420(picture, out, 2 + ((i * 29) % 320), 2 + ((i * 31) % 180)) > 0);
      assert.ok(e.picture_to_rgba(picture, out, 64, 48, format('kRgba')) > 0);
      e.picture_destroy(picture);
    }
    return e.memory.buffer.byteLength;
  };
  const after = pass(200);
  assert.equal(pass(800), after);
});
