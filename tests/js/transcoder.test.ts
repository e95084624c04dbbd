/** Transcoding on the built modules, without the worker around it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { RateFollower } from '../../js/src/video-worker/rate-follower.js';
import { makeStreamDecoder, makeStreamEncoder, type StreamModules } from '../../js/src/video-worker/stream-codecs.js';
import { Transcoder } from '../../js/src/video-worker/transcoder.js';
import type { DroppedFrame, StreamCodec, TranscodedFrame, TranscoderSettings } from '../../js/src/video-protocol.js';
import { movingPicture, psnrY } from './support/moving-pictures.js';

const moduleOf = (name: string) => new WebAssembly.Module(readFileSync(join(import.meta.dirname, `../../dist/earshot-${name}.wasm`)));
const modules: Required<StreamModules> = { vp8: moduleOf('video'), h264: moduleOf('h264') };

// Video on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const FRAME_US = 1e6 / 30;
const timeOf = (i: number) => Math.round(1000 + i * FRAME_US);
const bitrateOf = (frames: readonly { data: Uint8Array }[]) => (frames.reduce((sum, { data }) => sum + data.length, 0) * 8 * 30) / frames.length;

interface Frame {
  readonly data: Uint8Array;
  readonly key: boolean;
  readonly timestamp: number;
  readonly description?: Uint8Array;
}

/** `count` pictures encoded; key frames at `keys` too. */
function encode(codec: StreamCodec, width: number, height: number, count: number, { bitrate = 600_000, keys = [] as number[], avc = false } = {}): Frame[] {
  const encoder = makeStreamEncoder(codec, modules, avc);
  encoder.configure(width, height, { bitrate, frameRate: 30 });
  return Array.from({ length: count }, (_, i) => {
    encoder.input.set(movingPicture(width, height, i));
    const { bytes, key, description } = encoder.encode(keys.includes(i), timeOf(i));
    return { data: bytes.slice(), key, timestamp: timeOf(i), ...(description && { description: description.slice() }) };
  });
}

/** PSNR of what a decoder of `codec` makes of the frames, against the sources. */
function quality(codec: StreamCodec, frames: readonly Frame[], width: number, height: number): number {
  const decoder = makeStreamDecoder(codec, modules, frames[0]!.description);
  const values = frames.map(({ data, timestamp }) => {
    const picture = decoder.decode(data);
    if (picture === null || typeof picture === 'number') throw new Error(`not decoded: ${picture}`);
    expect([picture.width, picture.height]).toEqual(codec === 'h264' ? [width & ~1, height & ~1] : [width, height]);
    const source = movingPicture(width, height, Math.round((timestamp - 1000) / FRAME_US));
    return psnrY(source, width, picture.bytes, picture.width, picture.height);
  });
  return values.reduce((sum, value) => sum + value) / values.length;
}

function makeTranscoder(from: StreamCodec, to: StreamCodec, settings: Partial<TranscoderSettings> = {}): Transcoder {
  return new Transcoder(modules, { from, to, bitrate: null, description: null, avc: false, ...settings });
}

const framesOf = (made: readonly (TranscodedFrame | DroppedFrame)[]) => made.filter((one) => one.type === 'frame');

describe.each([['vp8', 'h264'], ['h264', 'vp8']] as const)('Transcoder from %s to %s', (from, to) => {
  const [width, height] = [320, 180];

  it('keeps timestamps, sizes and key frames, and has the errors of both encoders and no more', () => {
    const input = encode(from, width, height, 60, { bitrate: 1_000_000, keys: [20, 45] });
    const transcoder = makeTranscoder(from, to, { bitrate: 600_000 });
    const made = framesOf(input.map(({ data, ...frame }) => transcoder.transcode(data, frame)));
    expect(made.map(({ timestamp }) => timestamp)).toEqual(input.map(({ timestamp }) => timestamp));
    expect(made.flatMap(({ key }, i) => (key ? [i] : []))).toEqual([0, 20, 45]);
    const direct = encode(to, width, height, 60, { keys: [20, 45] });
    expect(bitrateOf(made) / bitrateOf(direct)).toBeGreaterThan(0.7);
    expect(bitrateOf(made) / bitrateOf(direct)).toBeLessThan(1.3);
    // Errors that know nothing of each other add up.
    const error = (psnr: number) => 10 ** (-psnr / 10);
    const sum = error(quality(from, input, width, height)) + error(quality(to, direct, width, height));
    expect(quality(to, made, width, height)).toBeGreaterThan(-10 * Math.log10(sum) - 1);
  });

  it('follows the bitrate of the input, and one that is set', () => {
    const input = [120_000, 360_000].map((bitrate) => encode(from, width, height, 150, { bitrate }));
    const transcoder = makeTranscoder(from, to);
    let start = 0;
    const ratios = input.map((frames) => {
      const made = framesOf(frames.map(({ data, key }, i) => transcoder.transcode(data, { key, timestamp: timeOf(start + i) })));
      start += frames.length;
      return bitrateOf(made.slice(-30)) / bitrateOf(frames.slice(-30));
    });
    for (const ratio of ratios) expect(Math.abs(Math.log2(ratio))).toBeLessThan(0.7);
    transcoder.setBitrate(80_000);
    const slow = framesOf(input[1]!.map(({ data, key }, i) => transcoder.transcode(data, { key, timestamp: timeOf(start + i) })));
    expect(bitrateOf(slow.slice(-45))).toBeLessThan(130_000);
  });

  it('makes a key frame when asked for one, without one coming in', () => {
    const input = encode(from, width, height, 6);
    const transcoder = makeTranscoder(from, to);
    const keys = input.map(({ data, ...frame }, i) => {
      if (i === 3) transcoder.requestKeyFrame();
      return (transcoder.transcode(data, frame) as TranscodedFrame).key;
    });
    expect(keys).toEqual([true, false, false, true, false, false]);
  });

  it('reports what it cannot decode and goes on with the next key frame', () => {
    const input = encode(from, width, height, 8, { keys: [6] });
    const transcoder = makeTranscoder(from, to);
    const early = transcoder.transcode(input[1]!.data, input[1]!);
    expect(early).toMatchObject({ type: 'dropped', reason: 'waiting', needsKeyFrame: true, timestamp: timeOf(1) });
    const made = input.map(({ data, ...frame }, i) => transcoder.transcode(i === 2 ? data.subarray(0, 2) : data, frame));
    expect(made[0]).toMatchObject({ type: 'frame', key: true });
    expect(made[2]).toMatchObject({ type: 'dropped', reason: 'damaged', needsKeyFrame: true });
    expect(made[6]).toMatchObject({ type: 'frame', key: true });
    expect(made[7]).toMatchObject({ type: 'frame', key: false });
    expect(transcoder.transcode(new Uint8Array(0), { timestamp: 0, key: false })).toMatchObject({ reason: 'damaged' });
  });

  it('follows a change of size, with a key frame', () => {
    const transcoder = makeTranscoder(from, to);
    const sizes = [[320, 180], [161, 91], [320, 180]].flatMap(([w, h], part) =>
      encode(from, w!, h!, 3).map(({ data, key }, i) => {
        const made = transcoder.transcode(data, { key, timestamp: timeOf(3 * part + i) }) as TranscodedFrame;
        return [made.width, made.height, made.key];
      }));
    // H.264 has even sizes.
    expect(sizes).toEqual([[320, 180, true], [320, 180, false], [320, 180, false], [160, 90, true], [160, 90, false], [160, 90, false], [320, 180, true], [320, 180, false], [320, 180, false]]);
  });
});

describe('Transcoder', () => {
  it('takes and makes H.264 with lengths and a description', () => {
    const input = encode('h264', 64, 48, 4, { avc: true });
    const transcoder = makeTranscoder('h264', 'h264', { description: input[0]!.description!, avc: true, bitrate: 600_000 });
    const made = framesOf(input.map(({ data, ...frame }) => transcoder.transcode(data, frame)));
    expect(made.map(({ description }) => description !== undefined)).toEqual([true, false, false, false]);
    expect(made[0]!.description![0]).toBe(1);
    expect(quality('h264', made, 64, 48)).toBeGreaterThan(25);
    expect(() => makeTranscoder('h264', 'vp8', { description: new Uint8Array(3) })).toThrow(/does not follow/);
  });

  it('leaves out what is not to be shown, and keeps its key frame for the next', () => {
    const [key, delta] = encode('vp8', 64, 48, 2);
    const hidden = key!.data.slice();
    hidden[0]! &= ~0x10; // show_frame, RFC 6386 §9.1
    const transcoder = makeTranscoder('vp8', 'h264');
    expect(transcoder.transcode(hidden, { timestamp: 0, key: true })).toMatchObject({ type: 'dropped', reason: 'hidden', needsKeyFrame: false });
    expect(transcoder.transcode(delta!.data, { timestamp: 33_000, key: false })).toMatchObject({ type: 'frame', key: true });
  });

  it('names a stream of another kind', () => {
    const interlaced = readFileSync(join(import.meta.dirname, '../data/h264/interlaced.h264'));
    expect(makeTranscoder('h264', 'vp8').transcode(interlaced, { timestamp: 0, key: true })).toMatchObject({ reason: 'unsupported', needsKeyFrame: true });
  });

  it('says which module is missing', () => {
    expect(() => new Transcoder({ vp8: modules.vp8 }, { from: 'vp8', to: 'h264', bitrate: null, description: null, avc: false })).toThrow(/h264/);
  });
});

describe('RateFollower', () => {
  it('knows the rates of the last second, once there was a quarter of one', () => {
    const rates = new RateFollower();
    expect(rates.bitrate).toBeUndefined();
    for (let i = 0; i < 8; i++) rates.add(timeOf(i), 1000);
    expect(rates.frameRate).toBeUndefined();
    for (let i = 8; i < 60; i++) rates.add(timeOf(i), i < 30 ? 1000 : 2000);
    expect(rates.frameRate).toBeCloseTo(30, 0);
    expect(rates.bitrate! / (2000 * 8 * 30)).toBeCloseTo(1, 1);
  });

  it('begins anew after a jump', () => {
    const rates = new RateFollower();
    for (let i = 0; i < 30; i++) rates.add(timeOf(i), 1000);
    rates.add(timeOf(300), 1000);
    expect(rates.bitrate).toBeUndefined();
    for (let i = 0; i < 30; i++) rates.add(timeOf(i), 1000);
    expect(rates.frameRate).toBeCloseTo(30, 0);
  });
});
