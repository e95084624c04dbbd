import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VideoReceiverReport, VideoReceiverSettings } from '../../js/src/video-call-protocol.js';
import { withTrailer, type FrameTrailer } from '../../js/src/video-worker/frame-trailer.js';
import { NATIVE_DELTA_FRAME, NATIVE_KEY_FRAME } from '../../js/src/video-worker/native-frames.js';
import { VideoReceiverPipe, type PictureDecoder } from '../../js/src/video-worker/receiver-pipe.js';
import { isNative, type FakeFrame } from './support/frames.js';
import { asReadable, asWritable, FakePicture, fakePictures, pictureSink, pictureStream } from './support/pictures.js';
import { seededRandom } from './support/random.js';
import { asVideo, deltaPayload, keyPayload, videoFrame } from './support/video-frames.js';

const SETTINGS: VideoReceiverSettings = { minDelay: 0, maxDelay: 1000, bypass: false };
const EPOCH = 1_790_000_000_000;
/** Where a frame of the tests says which it is. */
const NAME_AT = 20;

/** Gives pictures that show the name of the frame. */
class NamingDecoder implements PictureDecoder {
  readonly decoded: number[] = [];
  broken = false;
  corrupt = false;

  decode(payload: Uint8Array, timestamp: number): VideoFrame | 'corrupt' {
    if (this.broken) throw new WebAssembly.RuntimeError('unreachable');
    if (this.corrupt) return 'corrupt';
    this.decoded.push(payload[NAME_AT]!);
    return new FakePicture(payload[NAME_AT], { timestamp }) as unknown as VideoFrame;
  }
}

let out: FakeFrame[];
let reports: VideoReceiverReport[];
let shown: { name: number; at: number }[];
let decoders: NamingDecoder[];
let requests: number[];
let pipe: VideoReceiverPipe;

const now = () => Date.now();
const since = () => Date.now() - EPOCH;
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const decoder = () => decoders.at(-1)!;

function make({ legacy = false, create = async () => (decoders.push(new NamingDecoder()), decoder() as PictureDecoder) } = {}) {
  return new VideoReceiverPipe(
    (one) => out.push(one as unknown as FakeFrame),
    (report) => {
      if (report.type === 'picture') shown.push({ name: (report.picture as unknown as FakePicture).source as number, at: since() });
      else reports.push(report);
    },
    create,
    legacy ? undefined : () => requests.push(since()),
    now,
  );
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'], now: EPOCH });
  fakePictures();
  out = [];
  reports = [];
  shown = [];
  decoders = [];
  requests = [];
  pipe = make();
});

afterEach(() => {
  pipe.close();
  expect(FakePicture.open).toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

interface Part extends Partial<FrameTrailer> {
  readonly key?: boolean;
  readonly ssrc?: number;
  /** When it was captured, ms since the beginning. */
  readonly t?: number;
}

/** Frame `i` of a sender of ours. */
function ours(i: number, { key = i === 0, ssrc = 1, t = i * 33, ...trailer }: Part = {}): FakeFrame {
  const payload = key ? keyPayload(640, 360) : deltaPayload();
  payload[NAME_AT] = i;
  const sealed = withTrailer(payload, { counter: i, dependency: key ? 0 : 1, temporalLayer: 0, captureTimestamp: (t * 90) % 2 ** 32, audioTimestamp: undefined, ...trailer });
  return videoFrame(sealed, { synchronizationSource: ssrc, rtpTimestamp: (t * 90) % 2 ** 32 });
}

const foreign = (key = false, more = {}) => videoFrame(key ? keyPayload(640, 360) : deltaPayload(), { synchronizationSource: 1, ...more });

function give(...frames: FakeFrame[]) {
  for (const one of frames) pipe.onFrame(asVideo(one));
}

async function start(settings: Partial<VideoReceiverSettings> = {}) {
  pipe.onCommand({ type: 'start', settings: { ...SETTINGS, ...settings } });
  await wait(0);
}

/** Gives frames from `from` to before `to`, each as it is captured. */
async function play(from: number, to: number, part: Part = {}) {
  for (let i = from; i < to; i++) {
    await wait(Math.max(0, i * 33 - since()));
    give(ours(i, i === from ? part : { ...part, key: i === 0 }));
  }
}

const of = <T extends VideoReceiverReport['type']>(type: T) => reports.filter((one): one is Extract<VideoReceiverReport, { type: T }> => one.type === type);
const states = () => of('state').map(({ state }) => state);
const names = () => shown.map(({ name }) => name);
const counters = () => {
  pipe.onCommand({ type: 'stats', id: 1 });
  return of('stats').at(-1)!.counters;
};
const kind = (one: FakeFrame) => {
  const bytes = Buffer.from(one.data);
  return isNative(one) ? 'real' : bytes.equals(NATIVE_KEY_FRAME) ? 'tiny key' : bytes.equals(NATIVE_DELTA_FRAME) ? 'tiny' : 'unknown';
};
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('VideoReceiverPipe', () => {
  it('leaves frames of others to the native decoder, and says so', async () => {
    give(foreign(true), foreign());
    await start();
    expect(states()).toEqual([]);
    give(foreign());
    expect(states()).toEqual(['bypassed']);
    give(foreign(true), foreign());
    expect(out.map(kind)).toEqual(Array(5).fill('real'));
    expect(requests).toEqual([]);
    expect(of('flowing')).toHaveLength(2);
    expect(counters()).toMatchObject({ framesReceived: 0, counted: false });
  });

  it('plays ours from the first key frame on, and gives the native decoder tiny frames', async () => {
    await start();
    await play(0, 10);
    await wait(5);
    expect(names()).toEqual(range(0, 10));
    expect(out.map(kind)).toEqual(['tiny key', ...Array<string>(9).fill('tiny')]);
    expect(states()).toEqual(['running']);
    const { framesReceived, framesDecoded, framesRendered, keyFramesDecoded, framesDropped, framesLost, counted, bytesReceived } = counters();
    expect({ framesReceived, framesDecoded, framesRendered, keyFramesDecoded, framesDropped, framesLost, counted }).toEqual({ framesReceived: 10, framesDecoded: 10, framesRendered: 10, keyFramesDecoded: 1, framesDropped: 0, framesLost: 0, counted: true });
    expect(bytesReceived).toBe(out.reduce((sum, { native }) => sum + native.length, 0));
    expect(requests).toEqual([]);
  });

  it('asks for a key frame, and not too often, when it comes into the middle of our stream', async () => {
    give(ours(0));
    await start();
    await play(1, 40);
    expect(out.map(kind)).toEqual(Array(40).fill('real'));
    expect(shown).toEqual([]);
    expect(requests[0]).toBe(33);
    expect(requests.length).toBe(3);
    for (const [i, at] of requests.slice(1).entries()) expect(at - requests[i]!).toBeGreaterThanOrEqual(400);
    await play(40, 45, { key: true });
    expect(names()).toEqual(range(40, 45));
    expect(counters().pliCount).toBe(3);
  });

  it('shows frames evenly though they come unevenly, within the delay asked for', async () => {
    await start({ minDelay: 100 });
    const random = seededRandom(2);
    const arriving = range(0, 200).map((i) => ({ i, at: i * 33 + (i === 0 ? 0 : 90 * random()) })).sort((a, b) => a.at - b.at);
    for (const { i, at } of arriving) {
      await wait(Math.max(0, at - since()));
      give(ours(i));
    }
    await wait(300);
    expect(names()).toEqual(range(0, 200));
    const distances = shown.slice(1).map(({ at }, i) => at - shown[i]!.at);
    for (const distance of distances) expect(Math.abs(distance - 33)).toBeLessThanOrEqual(3);
    expect(counters().jitterBufferDelay / counters().jitterBufferEmittedCount).toBeLessThan(0.11);
    expect(counters().targetDelay).toBeCloseTo(100);
    // The native decoder gets them as they come, whatever ours does.
    expect(out).toHaveLength(200);
  });

  it('leaves out a picture that is late when the next is due as well', async () => {
    await start({ maxDelay: 0 });
    await play(0, 5);
    await wait(500);
    // One was missing, which let all behind it wait.
    give(...range(6, 15).map((i) => ours(i)), ours(5));
    expect(decoder().decoded).toEqual(range(0, 15));
    expect(names()).toEqual([...range(0, 5), 14]);
    expect(counters().framesDropped).toBe(9);
  });

  it('waits for a missing frame, asks for a key frame after 100 ms, and from then on every 400 ms', async () => {
    await start();
    await play(0, 5);
    await play(6, 60, { key: false });
    const began = 6 * 33;
    expect(names()).toEqual(range(0, 5));
    expect(requests[0]! - began).toBe(100);
    expect(requests).toHaveLength(4);
    // With the first frame that comes when it is time, or without one.
    for (const [i, at] of requests.slice(1).entries()) {
      expect(at - requests[i]!).toBeGreaterThanOrEqual(400);
      expect(at - requests[i]!).toBeLessThanOrEqual(400 + 33);
    }
    await play(60, 65, { key: true });
    expect(names()).toEqual([...range(0, 5), ...range(60, 65)]);
    const { framesLost, framesDropped, recoveryCount, totalRecoveryTime, pliCount } = counters();
    expect({ framesLost, framesDropped, recoveryCount, pliCount }).toEqual({ framesLost: 1, framesDropped: 54, recoveryCount: 1, pliCount: 4 });
    expect(totalRecoveryTime).toBeCloseTo((60 - 6) * 0.033, 2);
    // Frames that stop coming as well are no reason to be silent.
    requests.length = 0;
    give(ours(66));
    await wait(2000);
    expect(requests.length).toBeGreaterThanOrEqual(4);
    expect(requests.length).toBeLessThanOrEqual(5);
  });

  it('goes on without a key frame when the missing frame comes in time', async () => {
    await start();
    await play(0, 5);
    await play(6, 8, { key: false });
    give(ours(5));
    await wait(1000);
    expect(names().slice(0, 5)).toEqual(range(0, 5));
    expect(decoder().decoded).toEqual(range(0, 8));
    expect(requests).toEqual([]);
    expect(counters()).toMatchObject({ framesLost: 0, recoveryCount: 0 });
  });

  it('does without frames of an upper layer', async () => {
    await start();
    await play(0, 1);
    for (let i = 2; i < 40; i += 2) {
      await wait(66);
      give(ours(i, { dependency: 2 }));
    }
    expect(names()).toEqual(range(0, 20).map((i) => 2 * i));
    expect(requests).toEqual([]);
    expect(counters().framesLost).toBe(19);
  });

  it('asks for a key frame at once when a frame does not decode, and shows nothing until it comes', async () => {
    await start();
    await play(0, 3);
    decoder().corrupt = true;
    await play(3, 4, { key: false });
    decoder().corrupt = false;
    expect(requests).toEqual([3 * 33]);
    await play(4, 8, { key: false });
    await play(8, 10, { key: true });
    expect(names()).toEqual([0, 1, 2, 8, 9]);
    expect(counters()).toMatchObject({ framesCorrupted: 1, framesDecoded: 5 });
    expect(of('fault')).toEqual([]);
  });

  it('gives the native decoder real frames again only from a key frame on, and ours goes on until then', async () => {
    await start();
    await play(0, 3);
    pipe.onCommand({ type: 'update', settings: { ...SETTINGS, bypass: true } });
    expect(requests).toHaveLength(1);
    await play(3, 6, { key: false });
    expect(out.slice(3).map(kind)).toEqual(['tiny', 'tiny', 'tiny']);
    expect(names()).toEqual(range(0, 6));
    await play(6, 9, { key: true });
    expect(out.slice(6).map(kind)).toEqual(['real', 'real', 'real']);
    expect(names()).toEqual(range(0, 6));
    expect(states()).toEqual(['running', 'bypassed']);
    // And back.
    pipe.onCommand({ type: 'update', settings: SETTINGS });
    await wait(400);
    await play(22, 23, { key: false });
    expect(requests).toHaveLength(2);
    await play(23, 25, { key: true });
    expect(names()).toEqual([...range(0, 6), 23, 24]);
    expect(out.slice(9).map(kind)).toEqual(['real', 'tiny key', 'tiny']);
    expect(states()).toEqual(['running', 'bypassed', 'running']);
  });

  it('goes over to the native decoder when the sender is none of ours any more', async () => {
    await start();
    await play(0, 3);
    give(foreign(true), foreign());
    expect(out.slice(3).map(kind)).toEqual(['real', 'real']);
    expect(states()).toEqual(['running', 'bypassed']);
    expect(counters().counted).toBe(false);
  });

  it('goes over to the native decoder when the session goes over to another codec', async () => {
    await start();
    await play(0, 3);
    give(foreign(true, { mimeType: 'video/H264', payloadType: 102 }), foreign(false, { mimeType: 'video/H264', payloadType: 102 }));
    expect(out.slice(3).map(kind)).toEqual(['real', 'real']);
    expect(states()).toEqual(['running', 'bypassed']);
  });

  it('begins anew with another stream', async () => {
    await start();
    await play(0, 3);
    give(ours(3, { ssrc: 2, counter: 40_000, t: 1e6 }));
    expect(kind(out.at(-1)!)).toBe('real');
    give(ours(4, { ssrc: 2, counter: 40_001, t: 1e6 + 33, key: true }), ours(5, { ssrc: 2, counter: 40_002, t: 1e6 + 66 }));
    await wait(100);
    expect(names()).toEqual([0, 1, 2, 4, 5]);
    expect(counters().framesLost).toBe(0);
  });

  it('follows counters and timestamps through their wraps', async () => {
    await start();
    const base = Math.floor(2 ** 32 / 90) - 60;
    for (let i = 0; i < 10; i++) {
      await wait(33);
      give(ours(i, { counter: (65_533 + i) % 65_536, t: base + 33 * i }));
    }
    expect(names()).toEqual(range(0, 10));
    expect(counters()).toMatchObject({ framesLost: 0, framesDropped: 0 });
  });

  it('latches a fault: asks for a key frame, from which on the native decoder has the stream', async () => {
    await start();
    await play(0, 3);
    decoder().broken = true;
    await play(3, 6, { key: false });
    expect(of('fault')).toEqual([{ type: 'fault', code: 'wasm-fault', operation: 'decode of the VP8 decoder', reason: 'unreachable' }]);
    expect(requests).toEqual([99]);
    expect(out.slice(3).map(kind)).toEqual(['tiny', 'tiny', 'tiny']);
    await play(6, 9, { key: true });
    expect(out.slice(6).map(kind)).toEqual(['real', 'real', 'real']);
    expect(of('fault')).toHaveLength(1);
  });

  it('reports a decoder that cannot be made', async () => {
    pipe = make({ create: () => Promise.reject(new Error('no memory')) });
    await start();
    expect(of('fault')).toEqual([expect.objectContaining({ code: 'wasm-compile', reason: 'no memory' })]);
    give(ours(0), ours(1));
    expect(out.map(kind)).toEqual(['real', 'real']);
  });

  it('passes frames when retired, and plays again when restarted', async () => {
    await start();
    await play(0, 3);
    pipe.onCommand({ type: 'retire' });
    expect(requests).toEqual([66]);
    await play(3, 5, { key: false });
    await play(5, 7, { key: true });
    expect(out.slice(3).map(kind)).toEqual(['tiny', 'tiny', 'real', 'real']);
    await start();
    expect(decoders).toHaveLength(2);
    await play(7, 9, { key: true });
    expect(names()).toEqual([0, 1, 2, 7, 8]);
    expect(counters()).toMatchObject({ framesReceived: 2 });
    expect(states()).toEqual(['running', 'running']);
  });

  it('lets the native decoder miss frames where it cannot ask itself, until the key frame comes', async () => {
    pipe = make({ legacy: true });
    give(ours(0));
    await start();
    give(ours(1), ours(2));
    expect(out).toHaveLength(1);
    give(ours(3, { key: true }), ours(4));
    expect(out.slice(1).map(kind)).toEqual(['tiny key', 'tiny']);
    await wait(400);
    pipe.onCommand({ type: 'retire' });
    give(ours(5), ours(6, { key: true }), ours(7));
    expect(out.slice(3).map(kind)).toEqual(['real', 'real']);
  });

  it('writes pictures where they are to go, and passes the native ones while ours are not shown', async () => {
    const sink = pictureSink();
    const native = pictureStream();
    await start();
    pipe.onCommand({ type: 'sink', writable: asWritable(sink.writable) });
    pipe.onCommand({ type: 'native-pictures', readable: asReadable(native.readable) });
    native.give(new FakePicture('native'));
    await wait(1);
    expect(sink.written.map(({ source }) => source)).toEqual(['native']);
    await play(0, 4);
    await wait(5);
    expect(native.cancelled).toBe(true);
    // One is left out while the native stream lets go.
    const written = sink.written.slice(1).map(({ source }) => source);
    expect(written).toEqual(range(4 - written.length, 4));
    expect(written.length).toBeGreaterThanOrEqual(3);
    expect(shown).toEqual([]);
    const second = pictureStream();
    pipe.onCommand({ type: 'native-pictures', readable: asReadable(second.readable) });
    second.give(new FakePicture('again'));
    await wait(1);
    expect(sink.written.at(-1)!.source).toBe('again');
  });

  it('holds pictures back for the sound, tells how far they are off, and asks the sound to wait for them', async () => {
    await start();
    const clock = { type: 'audio-clock', clock: { rtpTimestamp: 0, time: EPOCH + 100 } } as const;
    pipe.onCommand(clock);
    // The sound of a picture is heard 100 ms after it was captured.
    for (let i = 0; i < 80; i++) {
      await wait(Math.max(0, i * 33 - since()));
      give(ours(i, { audioTimestamp: i * 33 * 48 }));
    }
    await wait(200);
    expect(names()).toEqual(range(0, 80));
    expect(shown.at(-1)!.at - 79 * 33).toBeGreaterThan(97);
    expect(shown.at(-1)!.at - 79 * 33).toBeLessThan(103);
    expect(Math.abs(counters().syncOffset!)).toBeLessThan(10);
    expect(of('audio-wait').every(({ by }) => by < 0)).toBe(true);
    reports.length = 0;
    // Now pictures need a longer delay than the sound has.
    pipe.onCommand({ type: 'update', settings: { ...SETTINGS, minDelay: 200 } });
    pipe.onCommand({ type: 'audio-clock', clock: { rtpTimestamp: since() * 48, time: now() + 100 } });
    for (let i = 90; i < 180; i++) {
      await wait(Math.max(0, i * 33 - since()));
      give(ours(i, { audioTimestamp: i * 33 * 48, key: i === 90 }));
    }
    const late = of('audio-wait').map(({ by }) => by);
    expect(late.length).toBeGreaterThanOrEqual(2);
    expect(late.length).toBeLessThanOrEqual(4);
    expect(late.at(-1)!).toBeGreaterThan(90);
    expect(late.at(-1)!).toBeLessThan(110);
    pipe.onCommand({ type: 'audio-clock', clock: null });
    expect(counters().syncOffset).toBeNull();
  });

  it('survives frames of any kind, gives each on once or not at all, and closes all pictures', async () => {
    const random = seededRandom(5);
    const given: FakeFrame[] = [];
    await start();
    for (let step = 0; step < 4000; step++) {
      const choice = random();
      const bytes = Uint8Array.from({ length: Math.floor(40 * random()) }, () => 256 * random());
      const any = Math.floor(2 ** 32 * random());
      const one =
        choice < 0.6
          ? ours(step % 256, { counter: step % 65_536, key: random() < 0.05, t: step * 33 })
          : choice < 0.8
            ? ours(step % 256, { counter: any % 65_536, dependency: any % 256, captureTimestamp: any, key: random() < 0.1, t: random() < 0.5 ? any : step * 33 })
            : videoFrame(bytes, { synchronizationSource: random() < 0.98 ? 1 : 2, mimeType: random() < 0.9 ? 'video/VP8' : 'video/AV1' });
      given.push(one);
      give(one);
      if (random() < 0.01) pipe.onCommand({ type: 'update', settings: { ...SETTINGS, bypass: random() < 0.3 } });
      if (random() < 0.005) pipe.onCommand({ type: 'retire' });
      if (random() < 0.02) await start();
      decoder().corrupt = random() < 0.01;
      await wait(33 * random());
    }
    expect(out).toEqual(given);
    expect(out.every((one) => kind(one) !== 'unknown')).toBe(true);
    expect(shown.length).toBeGreaterThan(100);
    for (const [i, at] of requests.slice(1).entries()) expect(at - requests[i]!).toBeGreaterThanOrEqual(400);
  });
});
