import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CARRIER_SIDE, type VideoRates, type VideoSenderReport, type VideoSenderSettings } from '../../js/src/video-call-protocol.js';
import { readTrailer, TRAILER_BYTES } from '../../js/src/video-worker/frame-trailer.js';
import { VideoSenderPipe, type EncodedPicture, type PictureEncoder, type PictureEncoderSettings } from '../../js/src/video-worker/sender-pipe.js';
import { isNative, type FakeFrame } from './support/frames.js';
import { asPicture, asReadable, asWritable, FakePicture, fakePictures, pictureSink, pictureStream } from './support/pictures.js';
import { seededRandom } from './support/random.js';
import { asVideo, deltaPayload, keyPayload, videoFrame } from './support/video-frames.js';

const SETTINGS: VideoSenderSettings = { scalabilityMode: 'L1T1', screenContent: false, bypass: false };
const RATES: VideoRates = { width: 640, height: 360, frameRate: 30, bitrate: 500_000, speed: 8 };

/** Gives frames that name the picture they are of: a number, which is what the fakes show. Held back while `slow`. */
class NamingEncoder implements PictureEncoder {
  readonly configured: PictureEncoderSettings[] = [];
  readonly calls: { shows: unknown; timestamp: number; keyFrame: boolean }[] = [];
  broken = false;
  drops = false;
  ignoresKeys = false;
  /** Ends the encodings under way when they were held back. */
  release: (() => void) | undefined;
  slow = false;

  configure(settings: PictureEncoderSettings): void {
    if (settings.width > 16383) throw new RangeError('width');
    this.configured.push(settings);
  }

  async encode(picture: VideoFrame, { timestamp, keyFrame }: { timestamp: number; keyFrame: boolean }): Promise<EncodedPicture | null> {
    const { source: shows, closed } = picture as unknown as FakePicture;
    if (closed) throw new Error('a closed picture');
    this.calls.push({ shows, timestamp, keyFrame });
    if (this.slow) await new Promise<void>((resolve) => (this.release = resolve));
    if (this.broken) throw new WebAssembly.RuntimeError('unreachable');
    if (this.drops) return null;
    const key = keyFrame && !this.ignoresKeys;
    return { data: Uint8Array.of(key ? 0 : 1, Number(shows)), key, temporalLayer: 0, discardable: false, quantizer: 20, encodeTime: 4 };
  }
}

let out: FakeFrame[];
let reports: VideoSenderReport[];
let encoders: NamingEncoder[];
let pipe: VideoSenderPipe;
let shown: number;

const encoder = () => encoders.at(-1)!;
const flush = () => vi.advanceTimersByTimeAsync(0);
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'], now: 1_790_000_000_000 });
  fakePictures();
  out = [];
  reports = [];
  encoders = [];
  shown = 0;
  pipe = make(async () => {
    encoders.push(new NamingEncoder());
    return encoder();
  });
});

afterEach(() => {
  pipe.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function make(createEncoder: () => Promise<PictureEncoder>) {
  return new VideoSenderPipe(
    (one) => out.push(one as unknown as FakeFrame),
    (report) => reports.push(report),
    createEncoder,
    () => Date.now(),
  );
}

const sourceKey = () => videoFrame(keyPayload(640, 360));
const carrierKey = () => videoFrame(keyPayload(CARRIER_SIDE, CARRIER_SIDE));
const delta = () => videoFrame(deltaPayload());
function give(...frames: FakeFrame[]) {
  for (const one of frames) pipe.onFrame(asVideo(one));
  return frames.at(-1)!;
}

/** A picture of the source, 33 ms after the one before; its number. */
async function picture(size = {}) {
  await wait(34);
  pipe.onCommand({ type: 'picture', age: 0, picture: asPicture(new FakePicture(++shown, { timestamp: Date.now() * 1000, ...size })) });
  await flush();
  return shown;
}

/** Starts the pipe and brings it to where the carrier flows and pictures may come. */
async function start(settings = SETTINGS) {
  give(sourceKey());
  pipe.onCommand({ type: 'start', settings });
  pipe.onCommand({ type: 'rates', rates: RATES });
  await flush();
}

async function carried() {
  await start();
  give(carrierKey());
  out.length = 0;
}

const of = <T extends VideoSenderReport['type']>(type: T) => reports.filter((one): one is Extract<VideoSenderReport, { type: T }> => one.type === type);
const wanted = () => of('track').map((one) => one.wanted);
const counters = () => {
  pipe.onCommand({ type: 'stats', id: 1 });
  return of('stats').at(-1)!.counters;
};
/** Of a frame with our payload: whether it is a key frame, and of which picture; undefined with the browser's. */
const ours = (one: FakeFrame) => {
  const bytes = new Uint8Array(one.data);
  return readTrailer(bytes) && { key: bytes[0] === 0, shows: bytes[1], bytes: bytes.length };
};
const shows = () => out.map((one) => ours(one)?.shows);

describe('VideoSenderPipe', () => {
  it('passes native frames before it is started, and until the carrier flows', async () => {
    give(sourceKey(), delta());
    await start();
    expect(wanted()).toEqual(['carrier']);
    give(delta());
    expect(out).toHaveLength(4);
    expect(out.every(isNative)).toBe(true);
    expect(of('state')).toEqual([]);
    expect(of('flowing')).toHaveLength(2);
    expect(counters().framesNative).toBe(1);
  });

  it('asks for carrier pictures until the first comes', async () => {
    await start();
    await wait(350);
    expect(of('carry').length).toBeGreaterThanOrEqual(2);
    give(carrierKey());
    const before = of('carry').length;
    await wait(1000);
    expect(of('carry')).toHaveLength(before);
  });

  it('drops the first key frame of the carrier, and counts no request for it', async () => {
    await start();
    out.length = 0;
    give(carrierKey());
    expect(out).toEqual([]);
    expect(counters().pliCount).toBe(0);
  });

  it('asks for one carrier for each encoded frame, and fills them one to one and in order, from a key frame on', async () => {
    await carried();
    const before = of('carry').length;
    for (let i = 0; i < 20; i++) {
      await picture();
      const carrier = delta();
      give(carrier);
      expect(out.at(-1)).toBe(carrier);
    }
    expect(shows()).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(out.map((one) => ours(one)!.key)).toEqual([true, ...Array<boolean>(19).fill(false)]);
    expect(of('carry').length - before).toBe(20);
    expect(of('state')).toEqual([{ type: 'state', state: 'running' }]);
    expect(counters()).toMatchObject({ framesCaptured: 20, framesEncoded: 20, keyFramesEncoded: 1, framesSent: 20, framesNative: 0, bytesSent: 20 * (2 + TRAILER_BYTES), qpSum: 400, frameWidth: 640, frameHeight: 360, pliCount: 0 });
    expect(counters().totalEncodeTime).toBeCloseTo(0.08);
    // The last picture is kept for a key frame.
    expect(FakePicture.open).toBe(1);
  });

  it('seals frames with counters, dependencies, and the time their picture came', async () => {
    await carried();
    pipe.onCommand({ type: 'audio-clock', clock: { rtpTimestamp: 480, time: Date.now() } });
    const began = Date.now();
    for (let i = 0; i < 5; i++) {
      await picture();
      await wait(7);
      give(delta());
    }
    const trailers = out.map((one) => readTrailer(new Uint8Array(one.data))!);
    trailers.forEach(({ counter, dependency, captureTimestamp, audioTimestamp }, i) => {
      const came = began + 34 + i * 41;
      expect(counter).toBe(trailers[0]!.counter + i);
      expect(dependency).toBe(i === 0 ? 0 : 1);
      expect(captureTimestamp).toBe(Number(BigInt(came * 90) % 2n ** 32n));
      expect(audioTimestamp).toBe(480 + (came - began) * 48);
    });
    expect(counters().totalSendTime).toBeCloseTo(0.035);
    expect(encoder().calls.map(({ timestamp }) => timestamp)).toEqual([0, 1, 2, 3, 4].map((i) => (began + 34 + i * 41) * 1000));
  });

  it('drops carriers for which there is no frame', async () => {
    await carried();
    give(delta(), delta());
    await picture();
    give(delta(), delta(), delta());
    expect(shows()).toEqual([1]);
    expect(counters().framesSent).toBe(1);
  });

  it('asks again for a carrier that does not come', async () => {
    await carried();
    await picture();
    const before = of('carry').length;
    await wait(350);
    expect(of('carry').length - before).toBeGreaterThanOrEqual(2);
    expect(of('carry').length - before).toBeLessThanOrEqual(4);
    give(delta());
    expect(shows()).toEqual([1]);
  });

  it('encodes no more than two frames ahead of the carriers; the newest picture takes the place of the one that waits', async () => {
    await carried();
    for (let i = 0; i < 10; i++) await picture();
    expect(encoder().calls.map((call) => call.shows)).toEqual([1, 2]);
    expect(FakePicture.open).toBe(2);
    expect(counters()).toMatchObject({ framesCaptured: 10, framesDroppedAtInput: 7 });
    give(delta());
    await flush();
    give(delta());
    await flush();
    give(delta());
    expect(shows()).toEqual([1, 2, 10]);
  });

  it('takes the newest picture while the encoder is busy', async () => {
    await carried();
    encoder().slow = true;
    for (let i = 0; i < 4; i++) await picture();
    expect(encoder().calls).toHaveLength(1);
    encoder().release!();
    await flush();
    expect(encoder().calls.map((call) => call.shows)).toEqual([1, 4]);
  });

  it('takes a key frame of the carrier that it did not cause for a request, once, and sends what waits no more', async () => {
    await carried();
    await picture();
    give(delta());
    await picture();
    await picture();
    give(carrierKey());
    expect(shows()).toEqual([1]);
    expect(counters().pliCount).toBe(1);
    await picture();
    expect(encoder().calls.at(-1)).toMatchObject({ shows: 4, keyFrame: true });
    // Another before ours has left asks for the same; it carries ours.
    give(carrierKey());
    expect(shows()).toEqual([1, 4]);
    expect(ours(out[1]!)!.key).toBe(true);
    expect(counters().pliCount).toBe(1);
    await picture();
    expect(encoder().calls.at(-1)!.keyFrame).toBe(false);
  });

  it('makes a key frame of the last picture when the source stands still', async () => {
    await carried();
    await picture();
    give(delta());
    await wait(2000);
    give(carrierKey());
    await flush();
    expect(encoder().calls).toHaveLength(1);
    await wait(101);
    expect(encoder().calls.slice(1)).toMatchObject([{ shows: 1, keyFrame: true }]);
    expect(encoder().calls[1]!.timestamp).toBeGreaterThan(encoder().calls[0]!.timestamp);
    give(delta());
    expect(out.map((one) => ours(one)!.key)).toEqual([true, true]);
    await wait(2000);
    expect(encoder().calls).toHaveLength(2);
    expect(FakePicture.open).toBe(1);
  });

  it('does not send a frame that was being encoded when a key frame became necessary: it may need one that was not sent', async () => {
    await carried();
    await picture();
    give(delta());
    await picture();
    encoder().slow = true;
    await picture();
    give(carrierKey());
    encoder().slow = false;
    encoder().release!();
    await flush();
    give(delta());
    expect(shows()).toEqual([1]);
    await picture();
    give(delta());
    expect(shows()).toEqual([1, 4]);
    expect(ours(out[1]!)!.key).toBe(true);
  });

  it('asks for a key frame until the encoder gives one, and keeps no others meanwhile', async () => {
    await carried();
    encoder().ignoresKeys = true;
    for (let i = 0; i < 20; i++) await picture();
    expect(encoder().calls.every(({ keyFrame }) => keyFrame)).toBe(true);
    give(delta(), delta(), delta());
    expect(shows()).toEqual([]);
    encoder().ignoresKeys = false;
    encoder().drops = true;
    await picture();
    expect(counters().framesDroppedByEncoder).toBe(1);
    encoder().drops = false;
    await picture();
    give(delta());
    expect(out.map((one) => ours(one)!.key)).toEqual([true]);
  });

  it('makes a key frame when the page wants one', async () => {
    await carried();
    await picture();
    await picture();
    pipe.onCommand({ type: 'key-frame' });
    await picture();
    expect(encoder().calls.map(({ keyFrame }) => keyFrame)).toEqual([true, false, true]);
    // What waited before it need not be sent.
    give(delta(), delta());
    expect(shows()).toEqual([3]);
    expect(counters().pliCount).toBe(0);
  });

  it('lets pictures of an earlier moment go when the source changes, and tells its size', async () => {
    await carried();
    await picture();
    await picture({ codedWidth: 320, codedHeight: 180 });
    await picture({ codedWidth: 320, codedHeight: 180 });
    expect(of('source-size')).toEqual([{ type: 'source-size', width: 640, height: 360 }, { type: 'source-size', width: 320, height: 180 }]);
    pipe.onCommand({ type: 'no-pictures' });
    expect(FakePicture.open).toBe(0);
    // There is nothing to repeat any more.
    const before = encoder().calls.length;
    give(carrierKey());
    await wait(500);
    expect(encoder().calls).toHaveLength(before);
  });

  it('reads a stream of pictures until another takes its place', async () => {
    await carried();
    const [first, second] = [pictureStream(), pictureStream()];
    pipe.onCommand({ type: 'pictures', readable: asReadable(first.readable) });
    await wait(34);
    first.give(new FakePicture(1, { timestamp: 1e6 }));
    await flush();
    pipe.onCommand({ type: 'pictures', readable: asReadable(second.readable) });
    await flush();
    expect(first.cancelled).toBe(true);
    await wait(34);
    second.give(new FakePicture(2, { timestamp: 0 }));
    await flush();
    expect(encoder().calls.map((call) => call.shows)).toEqual([1, 2]);
    second.end();
    pipe.onCommand({ type: 'retire' });
    await flush();
    expect(FakePicture.open).toBe(0);
  });

  it('takes pictures at the wanted rate, and closes the others', async () => {
    await carried();
    pipe.onCommand({ type: 'rates', rates: { ...RATES, frameRate: 15 } });
    expect(encoder().configured.at(-1)).toEqual({ ...RATES, frameRate: 15, scalabilityMode: 'L1T1', screenContent: false });
    for (let i = 0; i < 90; i++) {
      await picture();
      give(delta());
    }
    expect(out.length).toBeGreaterThanOrEqual(43);
    expect(out.length).toBeLessThanOrEqual(47);
    expect(counters()).toMatchObject({ framesCaptured: 90, framesDroppedAtInput: 0 });
    expect(FakePicture.open).toBe(1);
  });

  it('writes carrier pictures where it can, each different from the one before', async () => {
    const sink = pictureSink();
    await start();
    pipe.onCommand({ type: 'carrier', writable: asWritable(sink.writable) });
    await wait(250);
    expect(sink.written.length).toBeGreaterThanOrEqual(2);
    for (const { displayWidth, displayHeight } of sink.written) expect([displayWidth, displayHeight]).toEqual([CARRIER_SIDE, CARRIER_SIDE]);
    const contents = sink.written.map(({ source }) => [...(source as Uint8Array)].join());
    expect(contents.slice(1).every((one, i) => one !== contents[i])).toBe(true);
    expect(FakePicture.open).toBe(0);
    // A closed track takes none; they are closed all the same.
    pipe.close();
    await flush();
    pipe.onCommand({ type: 'start', settings: SETTINGS });
    await wait(1000);
    expect(FakePicture.open).toBe(0);
  });

  it('sends what the browser encodes while bypassed, and nothing of the carrier until the source is back', async () => {
    await carried();
    await picture();
    give(delta());
    await picture();
    pipe.onCommand({ type: 'update', settings: { ...SETTINGS, bypass: true } });
    expect(wanted()).toEqual(['carrier', 'source']);
    give(delta(), carrierKey(), delta());
    expect(shows()).toEqual([1]);
    give(sourceKey(), delta());
    expect(out.slice(1).map(isNative)).toEqual([true, true]);
    expect(of('state').map(({ state }) => state)).toEqual(['running', 'bypassed']);
    const before = of('carry').length;
    await wait(1000);
    expect(of('carry')).toHaveLength(before);
    pipe.onCommand({ type: 'update', settings: SETTINGS });
    expect(wanted()).toEqual(['carrier', 'source', 'carrier']);
    give(delta());
    expect(isNative(out.at(-1)!)).toBe(true);
    give(carrierKey());
    await picture();
    give(delta());
    expect(ours(out.at(-1)!)!.key).toBe(true);
    expect(of('state').at(-1)!.state).toBe('running');
  });

  it('leaves other codecs alone, also when the session goes over to one in the middle of the carrier', async () => {
    await carried();
    await picture();
    give(delta());
    out.length = 0;
    const other = () => videoFrame(deltaPayload(), { mimeType: 'video/H264', payloadType: 102 });
    const frames = [other(), other(), other()];
    give(...frames);
    expect(wanted()).toEqual(['carrier', 'source']);
    expect(of('state').at(-1)!.state).toBe('bypassed');
    // The source's frames, which look like the carrier's, flow at last.
    expect(out.at(-1)).toBe(frames.at(-1));
    expect(out.every(isNative)).toBe(true);
    // And back.
    give(sourceKey());
    expect(wanted()).toEqual(['carrier', 'source', 'carrier']);
    give(carrierKey());
    await picture();
    give(delta());
    expect(ours(out.at(-1)!)!.key).toBe(true);
  });

  it('asks the window for the codec where frames do not say', async () => {
    await start();
    reports.length = 0;
    const mute = (payload: Uint8Array<ArrayBuffer>) => videoFrame(payload, { mimeType: undefined } as never);
    pipe = make(async () => new NamingEncoder());
    give(mute(keyPayload(640, 360)), mute(deltaPayload()));
    pipe.onCommand({ type: 'start', settings: SETTINGS });
    await flush();
    expect(of('payload-types-needed')).toHaveLength(1);
    expect(wanted()).toEqual([]);
    pipe.onCommand({ type: 'payload-types', mimeTypes: { 96: 'video/vp8' } });
    give(mute(deltaPayload()));
    expect(wanted()).toEqual(['carrier']);
    expect(out.every(isNative)).toBe(true);
  });

  it('gives the track back when the encoder fails, once, and closes all pictures', async () => {
    await carried();
    await picture();
    give(delta());
    encoder().slow = true;
    await picture();
    await picture();
    encoder().broken = true;
    encoder().release!();
    await flush();
    expect(of('fault')).toEqual([{ type: 'fault', code: 'wasm-fault', operation: 'encode of the VP8 encoder', reason: 'unreachable' }]);
    expect(wanted()).toEqual(['carrier', 'source']);
    expect(FakePicture.open).toBe(0);
    give(delta(), sourceKey(), delta());
    expect(out.slice(1).map(isNative)).toEqual([true, true]);
    await picture();
    pipe.onCommand({ type: 'no-pictures' });
    await wait(1000);
    expect(of('fault')).toHaveLength(1);
    expect(FakePicture.open).toBe(0);
  });

  it('reports an encoder that cannot be made or configured, and lets native frames flow', async () => {
    pipe = make(() => Promise.reject(new Error('no memory')));
    await start();
    expect(of('fault')).toEqual([expect.objectContaining({ code: 'wasm-compile', reason: 'no memory' })]);
    give(delta());
    expect(out.every(isNative)).toBe(true);
    reports.length = 0;
    pipe = make(async () => new NamingEncoder());
    await start();
    pipe.onCommand({ type: 'rates', rates: { ...RATES, width: 99_999 } });
    expect(of('fault')).toEqual([expect.objectContaining({ code: 'wasm-fault', reason: 'width' })]);
    expect(wanted()).toEqual(['carrier', 'source']);
  });

  it('goes back to native frames when retired, with no picture open, and runs again when restarted', async () => {
    await carried();
    await picture();
    give(delta());
    await picture();
    pipe.onCommand({ type: 'retire' });
    expect(wanted()).toEqual(['carrier', 'source']);
    expect(FakePicture.open).toBe(0);
    give(sourceKey(), delta());
    expect(out.slice(1).map(isNative)).toEqual([true, true]);
    await wait(1000);
    pipe.onCommand({ type: 'start', settings: { ...SETTINGS, scalabilityMode: 'L1T2' } });
    await flush();
    expect(encoders).toHaveLength(2);
    expect(encoder().configured.at(-1)!.scalabilityMode).toBe('L1T2');
    expect(of('flowing')).toHaveLength(3);
    give(carrierKey());
    await picture();
    give(delta());
    expect(ours(out.at(-1)!)).toMatchObject({ key: true, shows: 3 });
    expect(counters()).toMatchObject({ framesSent: 1 });
  });

  it('does nothing with an encoder that arrives after it was retired', async () => {
    give(sourceKey());
    pipe.onCommand({ type: 'start', settings: SETTINGS });
    pipe.onCommand({ type: 'retire' });
    await flush();
    expect(wanted()).toEqual([]);
  });

  it('never keeps more than three pictures open, and none when it is over, whatever happens', async () => {
    const random = seededRandom(11);
    await start();
    let stream: ReturnType<typeof pictureStream> | undefined;
    let most = 0;
    let sent = 0;
    for (let step = 0; step < 4000; step++) {
      const choice = random();
      if (choice < 0.35) await picture();
      else if (choice < 0.4) {
        if (!stream || stream.cancelled || random() < 0.1) {
          stream = pictureStream();
          pipe.onCommand({ type: 'pictures', readable: asReadable(stream.readable) });
        }
        await flush();
        stream.give(new FakePicture(++shown, { timestamp: Date.now() * 1000 }));
      } else if (choice < 0.75) give(delta());
      else if (choice < 0.83) give(carrierKey());
      else if (choice < 0.85) give(sourceKey());
      else if (choice < 0.86) give(videoFrame(deltaPayload(), { mimeType: 'video/AV1' }));
      else if (choice < 0.88) pipe.onCommand({ type: 'update', settings: { ...SETTINGS, bypass: random() < 0.5 } });
      else if (choice < 0.89) pipe.onCommand({ type: 'no-pictures' });
      else if (choice < 0.9) pipe.onCommand({ type: 'retire' });
      else if (choice < 0.93) pipe.onCommand({ type: 'start', settings: SETTINGS });
      else if (choice < 0.95) pipe.onCommand({ type: 'key-frame' });
      else if (choice < 0.96) encoder().broken = true;
      else if (choice < 0.97) encoder().slow = !encoder().slow;
      else for (const one of encoders) one.release?.();
      await flush();
      await wait(20 * random());
      most = Math.max(most, FakePicture.open);
      const last = out.at(-1)!;
      if (out.length > sent && !isNative(last) && !readTrailer(new Uint8Array(last.data))) expect.unreachable('a frame that is neither');
      sent = out.length;
    }
    expect(most).toBeLessThanOrEqual(3);
    expect(out.filter((one) => !isNative(one)).length).toBeGreaterThan(100);
    for (const one of encoders) {
      one.slow = false;
      one.release?.();
    }
    pipe.close();
    await flush();
    expect(FakePicture.open).toBe(0);
  });
});
