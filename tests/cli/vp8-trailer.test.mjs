// Frames with what our sender adds behind them (js/src/video-worker/frame-trailer.ts) are the same frames to a decoder that knows nothing of it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './support/earshot.mjs';
import { picture, readIvf } from './support/video.mjs';
import { decodedPicture, decodeFrame, encoderParam, videoModule } from './support/video-module.mjs';

/** A trailer of 18 bytes whose counter is `counter`: to a decoder any bytes are as good. */
function trailer(counter) {
  const bytes = Buffer.alloc(18, 0xff);
  bytes.writeUInt16BE(counter & 0xffff, 0);
  bytes.set([0xea, 0x50, 0x01], 13);
  return bytes;
}

/** The pictures of `frames`, null where one gives none. */
function decodeAll(frames) {
  const e = videoModule('');
  const handle = e.vp8_decoder_create();
  return frames.map((bytes) => {
    const result = decodeFrame(e, handle, bytes);
    assert.ok(result >= 0, `status ${result}`);
    return result === 1 ? Buffer.from(decodedPicture(e, handle)) : null;
  });
}

function assertSamePictures(frames) {
  const plain = decodeAll(frames);
  const sealed = decodeAll(frames.map((bytes, i) => Buffer.concat([bytes, trailer(65_530 + i)])));
  assert.ok(plain.filter((one) => one).length > 20);
  sealed.forEach((one, i) => assert.deepEqual(one, plain[i], `frame ${i}`));
}

/** Frames of so many token partitions (RFC 6386 §9.5). */
function encode(partitions) {
  const e = videoModule('');
  const handle = e.vp8_encoder_create();
  const [width, height] = [320, 192];
  const set = (name, value) => assert.equal(e.vp8_encoder_set(handle, encoderParam(name), value), 0, name);
  set('kProfile', 1);
  set('kWidth', width);
  set('kHeight', height);
  set('kAllowDrops', 0);
  set('kTokenPartitions', Math.log2(partitions));
  assert.equal(e.vp8_encoder_configure(handle), 0);
  return Array.from({ length: 25 }, (_, i) => {
    new Uint8Array(e.memory.buffer, e.vp8_encoder_input(handle)).set(picture(width, height, i));
    const bytes = e.vp8_encoder_encode(handle, i === 0 ? 1 : 0, i * 33_333);
    assert.ok(bytes > 0);
    return Buffer.from(new Uint8Array(e.memory.buffer, e.vp8_encoder_packet(handle), bytes));
  });
}

for (const name of ['006', '016', '017']) {
  test(`test vector ${name}`, () => assertSamePictures(readIvf(join(root, `tests/data/vp8/vp80-00-comprehensive-${name}.ivf`)).frames.map(({ bytes }) => bytes)));
}

for (const partitions of [1, 2, 8]) {
  test(`frames of ${partitions} partitions`, () => {
    const frames = encode(partitions);
    // Their sizes are in the frame as well.
    if (partitions > 1) assert.ok(Buffer.concat(frames).length > Buffer.concat(encode(1)).length);
    assertSamePictures(frames);
  });
}
