import { beforeEach, describe, expect, it, vi } from 'vitest';
import { browser, openPage, settle } from './support/fake-browser.js';

type Command = { type: string; [key: string]: unknown };

/** The far side of the latest port a codec opened. */
class FarSide {
  readonly heard: Command[] = [];
  readonly port: MessagePort;
  constructor(number = 0) {
    const opened = browser.workers.flatMap(({ heard }) => heard).filter(({ type }) => type === 'open');
    this.port = opened.at(number - 1)!['port'] as MessagePort;
    this.port.onmessage = ({ data }) => void this.heard.push(data as Command);
  }
  async say(...reports: object[]) {
    for (const report of reports) this.port.postMessage(report);
    await settle();
  }
  count(type: string) {
    return this.heard.filter((command) => command.type === type).length;
  }
}

const CONFIG = { codec: 'vp8', width: 4, height: 2 };
const frame = (timestamp = 0) => ({ format: 'I420', codedWidth: 4, codedHeight: 2, data: new Uint8Array(12).fill(timestamp), timestamp }) as const;
const encoded = (timestamp: number, members: object = {}) => ({
  type: 'frame',
  duration: null,
  frame: {
    data: Uint8Array.of(1, 2, 3), key: false, width: 4, height: 2, timestamp, temporalLayer: 0, discardable: false, quantizer: 9, encodeTime: 1, colorSpace: { matrix: 'bt709' },
    ...members,
  },
});
const DONE = { type: 'done' };

let Earshot: Awaited<ReturnType<typeof openPage>>['Earshot'];
beforeEach(async () => {
  ({ Earshot } = await openPage());
});

function makeEncoder() {
  const outputs: { chunk: { type: string; timestamp: number; byteLength: number; copyTo(to: Uint8Array): void }; metadata: Record<string, unknown> }[] = [];
  const errors: DOMException[] = [];
  const encoder = new Earshot.VideoEncoder({
    output: (chunk, metadata) => outputs.push({ chunk, metadata: metadata as unknown as Record<string, unknown> }),
    error: (error) => errors.push(error),
  });
  return { encoder, outputs, errors };
}

describe('VideoEncoder without VideoFrame', () => {
  it('hands its worker the module and commands in their order, a few pictures at a time', async () => {
    const { encoder } = makeEncoder();
    encoder.configure(CONFIG);
    for (let i = 0; i < 5; i++) encoder.encode(frame(i), { keyFrame: i === 3 });
    void encoder.flush();
    await settle();
    const far = new FarSide();
    await settle();
    expect(browser.workers).toHaveLength(1);
    expect(browser.workers[0]!.url).toBe('https://page.example/earshot/earshot-video-worker.js');
    expect(browser.workers[0]!.heard.map(({ type }) => type)).toEqual(['open', 'module']);
    expect(far.heard.map(({ type }) => type)).toEqual(['configure', 'encode', 'encode']);
    expect(encoder.encodeQueueSize).toBe(3);
    await far.say(DONE);
    expect(far.count('encode')).toBe(3);
    await far.say(DONE, DONE);
    expect(far.heard.map(({ type }) => type).slice(3)).toEqual(['encode', 'encode', 'encode', 'flush']);
    expect(far.heard.filter(({ type }) => type === 'encode').map(({ keyFrame }) => keyFrame)).toEqual([false, false, false, true, false]);
    expect(encoder.encodeQueueSize).toBe(0);
  });

  describe('of several threads', () => {
    const THREADS = { ...CONFIG, earshot: { threads: 2 } };
    const heard = () => browser.workers[0]!.heard.map(({ type, threads, threaded }) => [type, ...(type === 'open' ? [threads] : type === 'threads' ? [threaded] : [])]);
    const found = { module: expect.any(WebAssembly.Module), threadUrl: 'https://page.example/earshot/earshot-thread.js' };

    it('hands its worker what threads need, once, where the page is isolated', async () => {
      const page = await openPage({ crossOriginIsolated: true });
      ({ Earshot } = page);
      const { encoder } = makeEncoder();
      encoder.configure(THREADS);
      await settle();
      encoder.reset();
      encoder.configure(CONFIG);
      encoder.reset();
      encoder.configure(THREADS);
      await settle();
      expect(heard()).toEqual([['open', 2], ['module'], ['threads', found], ['open', 1], ['open', 2]]);
      expect(page.fetched).toContain('https://page.example/earshot/earshot-video-threads.wasm');
    });

    it('fetches nothing for them where it is not, or one is enough', async () => {
      for (const [crossOriginIsolated, config] of [[false, THREADS], [undefined, THREADS], [true, CONFIG]] as const) {
        const page = await openPage({ crossOriginIsolated });
        ({ Earshot } = page);
        makeEncoder().encoder.configure(config);
        await settle();
        expect(heard()).toEqual([['open', 1], ['module']]);
        expect(page.fetched).toEqual(['https://page.example/earshot/earshot-video.wasm']);
      }
    });

    it('says to its worker that there are none without SIMD', async () => {
      ({ Earshot } = await openPage({ crossOriginIsolated: true }));
      Earshot.configure({ simd: false });
      const { encoder, errors } = makeEncoder();
      encoder.configure(THREADS);
      await settle();
      expect(heard()).toContainEqual(['threads', null]);
      expect([encoder.state, errors]).toEqual(['configured', []]);
    });
  });

  it('copies what it is given', async () => {
    const { encoder } = makeEncoder();
    encoder.configure(CONFIG);
    const mine = frame(5);
    encoder.encode(mine);
    mine.data.fill(0);
    const far = new FarSide();
    await settle();
    expect((far.heard[1]!['picture'] as { data: Uint8Array }).data).toEqual(new Uint8Array(12).fill(5));
    expect(mine.data).toHaveLength(12);
  });

  it('gives chunks shaped as EncodedVideoChunk, with a config for a decoder where one can begin', async () => {
    const { encoder, outputs } = makeEncoder();
    encoder.configure({ ...CONFIG, scalabilityMode: 'L1T2' });
    encoder.encode(frame());
    const far = new FarSide();
    await far.say(encoded(0, { key: true }), DONE, encoded(40, { temporalLayer: 1, discardable: true }), DONE);
    expect(outputs.map(({ chunk: { type, timestamp, byteLength } }) => ({ type, timestamp, byteLength }))).toEqual([
      { type: 'key', timestamp: 0, byteLength: 3 },
      { type: 'delta', timestamp: 40, byteLength: 3 },
    ]);
    expect(outputs[0]!.metadata).toEqual({
      decoderConfig: { codec: 'vp8', codedWidth: 4, codedHeight: 2, colorSpace: { matrix: 'bt709' } },
      svc: { temporalLayerId: 0 },
      earshot: { discardable: false, quantizer: 9, encodeTime: 1 },
    });
    expect(outputs[1]!.metadata).toEqual({ svc: { temporalLayerId: 1 }, earshot: { discardable: true, quantizer: 9, encodeTime: 1 } });
    const bytes = new Uint8Array(3);
    outputs[0]!.chunk.copyTo(bytes);
    expect([...bytes]).toEqual([1, 2, 3]);
    expect(() => outputs[0]!.chunk.copyTo(new Uint8Array(2))).toThrow(TypeError);
  });

  it('resolves flushes after the outputs before them', async () => {
    const { encoder, outputs } = makeEncoder();
    encoder.configure(CONFIG);
    encoder.encode(frame());
    const order: string[] = [];
    const flushed = encoder.flush().then(() => order.push(`flushed after ${outputs.length}`));
    const far = new FarSide();
    await settle();
    await far.say(encoded(0), DONE);
    expect(order).toEqual([]);
    await far.say({ type: 'flushed', id: far.heard.find(({ type }) => type === 'flush')!['id'] });
    await flushed;
    expect(order).toEqual(['flushed after 1']);
  });

  it('forgets everything at a reset, with a port of its own for what follows', async () => {
    const { encoder, outputs, errors } = makeEncoder();
    encoder.configure(CONFIG);
    for (let i = 0; i < 4; i++) encoder.encode(frame(i));
    const first = new FarSide();
    await settle();
    const flushed = encoder.flush();
    encoder.reset();
    await expect(flushed).rejects.toMatchObject({ name: 'AbortError' });
    expect(encoder.encodeQueueSize).toBe(0);
    encoder.configure(CONFIG);
    encoder.encode(frame(9));
    const second = new FarSide();
    await settle();
    expect(first.heard.at(-1)).toEqual({ type: 'close' });
    await first.say(encoded(0), DONE);
    expect(outputs).toEqual([]);
    await second.say(encoded(9), DONE);
    expect(outputs.map(({ chunk }) => chunk.timestamp)).toEqual([9]);
    expect(browser.workers).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('ends its worker when it is closed, and with a fault, which it reports once', async () => {
    const one = makeEncoder();
    one.encoder.configure(CONFIG);
    one.encoder.close();
    expect(browser.workers[0]!.terminated).toBe(true);
    const two = makeEncoder();
    two.encoder.configure(CONFIG);
    const rejected = expect(two.encoder.flush()).rejects.toMatchObject({ name: 'EncodingError' });
    await new FarSide().say({ type: 'fault', reason: 'unreachable' });
    await rejected;
    browser.workers[1]!.onerror!({ message: 'late' });
    expect(two.errors.map(({ name, message }) => [name, message])).toEqual([['EncodingError', 'unreachable']]);
    expect([two.encoder.state, browser.workers[1]!.terminated]).toEqual(['closed', true]);
  });

  it('says what is wrong when the worker or the module cannot be had', async () => {
    const one = makeEncoder();
    one.encoder.configure(CONFIG);
    browser.workers[0]!.onerror!({ message: '' });
    expect(one.errors[0]!.name).toBe('OperationError');
    expect(one.errors[0]!.message).toContain('earshot-video-worker.js');
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    ({ Earshot } = await openPage({ fetch: async () => new Response('', { status: 404 }) }));
    const two = makeEncoder();
    two.encoder.configure(CONFIG);
    for (let i = 0; i < 4; i++) {
      await settle();
      vi.advanceTimersByTime(2000);
    }
    vi.useRealTimers();
    expect(two.errors.map(({ name }) => name)).toEqual(['OperationError']);
    expect(two.errors[0]!.message).toContain('earshot-video');
  });

  it('closes for a config it has no encoder for, after what was queued before', async () => {
    const { encoder, outputs, errors } = makeEncoder();
    encoder.configure(CONFIG);
    encoder.encode(frame());
    encoder.configure({ ...CONFIG, scalabilityMode: 'L3T3' });
    const far = new FarSide();
    await settle();
    expect(errors).toEqual([]);
    await far.say(encoded(0), DONE, { type: 'flushed', id: far.heard.at(-1)!['id'] });
    expect(outputs).toHaveLength(1);
    expect(errors.map(({ name }) => name)).toEqual(['NotSupportedError']);
    const reset = makeEncoder();
    reset.encoder.configure({ ...CONFIG, codec: 'h261' });
    reset.encoder.reset();
    await settle();
    expect([reset.errors, reset.encoder.state]).toEqual([[], 'unconfigured']);
  });

  it('makes H.264 only when its patents are accepted, of sizes it has', async () => {
    const config = { codec: 'avc1.42e01f', width: 64, height: 48, earshot: { acceptH264Patents: true } };
    const supported = async (change: object) => (await Earshot.VideoEncoder.isConfigSupported({ ...config, ...change })).supported;
    expect(await supported({})).toBe(true);
    for (const change of [
      { earshot: undefined }, { earshot: { acceptH264Patents: false } }, { width: 65 }, { height: 47 }, { width: 14 }, { width: 8192, height: 4096 },
      { codec: 'avc1.4d001f' }, { codec: 'avc1.42' }, { codec: 'avc3.42e01f' }, { scalabilityMode: 'L2T1' },
    ]) {
      expect(await supported(change), JSON.stringify(change)).toBe(false);
    }
    await expect(supported({ avc: { format: 'mp4' } })).rejects.toThrow(TypeError);
    const { encoder, errors } = makeEncoder();
    encoder.configure({ ...config, earshot: {} });
    await settle();
    expect(errors.map(({ name, message }) => [name, message.includes('acceptH264Patents')])).toEqual([['NotSupportedError', true]]);
    expect(encoder.state).toBe('closed');
    expect(browser.workers).toHaveLength(0);
  });

  it('gives the worker the module of H.264 for H.264 alone, and describes what comes out', async () => {
    const { encoder, outputs } = makeEncoder();
    const config = { codec: 'avc1.42e01f', width: 64, height: 48, earshot: { acceptH264Patents: true } };
    encoder.configure(CONFIG);
    encoder.configure(config);
    encoder.configure({ ...config, avc: { format: 'annexb' } });
    encoder.encode(frame());
    const far = new FarSide();
    await settle();
    expect(browser.workers[0]!.heard.map(({ type }) => type)).toEqual(['open', 'module', 'h264']);
    expect(far.heard.filter(({ type }) => type === 'configure').map(({ h264 }) => h264)).toEqual([undefined, { avc: true }, { avc: false }]);
    const made = { ...encoded(0).frame, codec: 'h264', quantizer: undefined, key: true };
    const { quantizer: _, ...h264 } = made;
    const description = Uint8Array.of(1, 0x42, 0xc0, 0x0b, 255, 225, 0);
    const annexB = Uint8Array.of(0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1e, 0x80);
    await far.say({ ...encoded(0), frame: { ...h264, description } }, DONE, { ...encoded(1), frame: { ...h264, data: annexB } }, DONE);
    const size = { codedWidth: 4, codedHeight: 2, colorSpace: { matrix: 'bt709' } };
    expect(outputs.map(({ metadata }) => metadata)).toEqual([
      { decoderConfig: { codec: 'avc1.42c00b', ...size, description }, earshot: { discardable: false, encodeTime: 1 } },
      { decoderConfig: { codec: 'avc1.42c01e', ...size }, earshot: { discardable: false, encodeTime: 1 } },
    ]);
  });

  it('turns a config into settings', async () => {
    const settingsOf = async (config: object) => {
      const { encoder } = makeEncoder();
      encoder.configure({ ...CONFIG, width: 640, height: 360, ...config });
      const far = new FarSide();
      await settle();
      return far.heard[0]!['settings'] as Record<string, unknown>;
    };
    expect(await settingsOf({})).toMatchObject({ bitrate: 640 * 360 * 3, frameRate: 30, speed: 4, allowDrops: false, temporalLayers: 1, screenContent: 0, maxKeyFrameInterval: 0 });
    expect(await settingsOf({ latencyMode: 'realtime', bitrate: 5e9, framerate: 1e6, scalabilityMode: 'L1T3' })).toMatchObject({ bitrate: 1e9, frameRate: 1000, speed: 6, allowDrops: true, temporalLayers: 3 });
    expect(await settingsOf({ latencyMode: 'realtime', contentHint: 'text' })).toMatchObject({ screenContent: 2, staticThreshold: 100 });
    expect(await settingsOf({ earshot: { screenContent: true, speed: 12, threads: 2, noiseReduction: 1, minQuantizer: 10, maxQuantizer: 40, maxKeyFrameInterval: 90, errorResilient: true } })).toMatchObject({
      screenContent: 1, speed: 12, threads: 2, noiseReduction: 1, minQuantizer: 10, maxQuantizer: 40, maxKeyFrameInterval: 90, errorResilient: true,
    });
    const { encoder } = makeEncoder();
    for (const earshot of [1, { speed: 0 }, { speed: 17 }, { threads: 65 }, { noiseReduction: 7 }, { maxQuantizer: 64 }, { maxKeyFrameInterval: -1 }]) {
      expect(() => encoder.configure({ ...CONFIG, earshot: earshot as object }), JSON.stringify(earshot)).toThrow(TypeError);
    }
    expect((await Earshot.VideoEncoder.isConfigSupported({ ...CONFIG, width: 16383, height: 16383 })).supported).toBe(false);
    expect((await Earshot.VideoEncoder.isConfigSupported({ ...CONFIG, earshot: { minQuantizer: 20, maxQuantizer: 10 } })).supported).toBe(false);
    const { supported, config } = await Earshot.VideoEncoder.isConfigSupported({ ...CONFIG, unknown: 1 } as never);
    expect([supported, 'unknown' in config]).toEqual([true, false]);
  });
});

describe('VideoDecoder without VideoFrame', () => {
  const chunk = (type: 'key' | 'delta', bytes: number[], timestamp = 0) => ({
    type, timestamp, duration: null, byteLength: bytes.length, copyTo: (to: Uint8Array) => to.set(bytes),
  }) as never;
  const KEY = [0x10, 2, 0, 0x9d, 1, 0x2a, 4, 0, 2, 0, 9];

  it('gives plain frames, and holds chunks back while enough are with the worker', async () => {
    const frames: { timestamp: number; codedWidth: number; duration?: number | null }[] = [];
    const decoder = new Earshot.VideoDecoder({ output: (one) => frames.push(one), error() {} });
    decoder.configure({ codec: 'vp8', colorSpace: { matrix: 'bt709' }, displayAspectWidth: 16, displayAspectHeight: 9 });
    decoder.decode(chunk('key', KEY));
    for (let i = 1; i < 5; i++) decoder.decode(chunk('delta', [1, i], i));
    const far = new FarSide();
    await settle();
    expect(far.heard[0]).toEqual({ type: 'configure', colorSpace: { matrix: 'bt709' }, displayAspect: 16 / 9 });
    expect(far.heard.slice(1).map(({ data }) => [...(data as Uint8Array)])).toEqual([KEY, [1, 1]]);
    expect(decoder.decodeQueueSize).toBe(3);
    const picture = { format: 'I420', codedWidth: 4, codedHeight: 2, data: new Uint8Array(12) };
    await far.say({ type: 'picture', picture, timestamp: 7, duration: 5 }, DONE);
    expect(frames).toEqual([{ ...picture, timestamp: 7, duration: 5 }]);
    expect(far.count('decode')).toBe(3);
  });

  it('wants a key frame that is one at the start and after a flush', async () => {
    const decoder = new Earshot.VideoDecoder({ output() {}, error() {} });
    decoder.configure({ codec: 'vp8' });
    const dataError = expect.objectContaining({ name: 'DataError' });
    for (const bad of [chunk('delta', KEY), chunk('key', KEY.slice(0, 9)), chunk('key', [0x11, ...KEY.slice(1)]), chunk('key', [0x10, 2, 0, 0x9d, 1, 0x2b, 4, 0, 2, 0])]) {
      expect(() => decoder.decode(bad)).toThrow(dataError);
    }
    decoder.decode(chunk('key', KEY));
    decoder.decode(chunk('delta', [1]));
    void decoder.flush();
    expect(() => decoder.decode(chunk('delta', [1]))).toThrow(dataError);
    decoder.decode(chunk('key', KEY));
  });

  const DESCRIPTION = Uint8Array.of(1, 0x42, 0xc0, 0x1e, 0xfd, 0xe1, 0);

  it('takes H.264 of three profiles, as Annex B or with a description, in a worker with that module alone', async () => {
    const supported = async (codec: string, description?: unknown) => (await Earshot.VideoDecoder.isConfigSupported({ codec, description } as never)).supported;
    for (const codec of ['avc1.42e01f', 'avc1.4d001f', 'avc1.640028', 'avc3.640028', 'avc1.64002A']) expect(await supported(codec), codec).toBe(true);
    for (const codec of ['avc1.f4001f', 'avc1.58001f', 'avc1', 'avc1.42e01', 'avc1.42e01f0', 'h264']) expect(await supported(codec), codec).toBe(false);
    expect(await supported('avc1.42e01f', DESCRIPTION)).toBe(true);
    expect(await supported('avc1.42e01f', DESCRIPTION.buffer)).toBe(true);
    for (const damaged of [DESCRIPTION.subarray(0, 6), Uint8Array.of(0, ...DESCRIPTION.subarray(1))]) expect(await supported('avc1.42e01f', damaged)).toBe(false);
    await expect(supported('avc1.42e01f', [1, 2])).rejects.toThrow(TypeError);

    const decoder = new Earshot.VideoDecoder({ output() {}, error() {} });
    const mine = DESCRIPTION.slice();
    decoder.configure({ codec: 'avc1.42c01e', description: mine });
    mine.fill(0);
    const far = new FarSide();
    await settle();
    expect(browser.workers[0]!.heard.map(({ type }) => type)).toEqual(['open', 'h264']);
    expect(far.heard).toEqual([{ type: 'configure', colorSpace: null, displayAspect: null, h264: { description: DESCRIPTION } }]);
  });

  it('wants a key frame of H.264 that has an IDR slice', () => {
    const decoder = new Earshot.VideoDecoder({ output() {}, error() {} });
    const takes = (bytes: number[]) => {
      try {
        decoder.decode(chunk('key', bytes));
      } catch (error) {
        return (error as DOMException).name;
      }
      void decoder.flush().catch(() => {});
      return 'taken';
    };
    decoder.configure({ codec: 'avc1.42c01e' });
    expect(takes([0, 0, 0, 1, 0x67, 0x42, 0, 0, 1, 0x65, 0x88])).toBe('taken');
    expect(takes([0, 0, 1, 0x25, 1])).toBe('taken');
    for (const bad of [[], [1], [0, 0, 1], [0, 0, 1, 0x41, 1, 0x65], [0, 0, 0, 1, 0x67, 0x42], [0, 0, 0, 2, 0x65, 0x88], [0, 1, 0x65]]) expect(takes(bad), String(bad)).toBe('DataError');
    // Lengths of two bytes.
    decoder.configure({ codec: 'avc1.42c01e', description: DESCRIPTION });
    expect(takes([0, 2, 0x65, 0x88])).toBe('taken');
    expect(takes([0, 1, 0x06, 0, 2, 0x25, 0x88])).toBe('taken');
    for (const bad of [[], [0], [0, 2], [0, 2, 0x41, 0x65], [0, 0, 0, 1, 0x41], [255, 255, 0x41, 0x65, 0, 1, 0x65], [0, 0, 1, 0x65, 0x88]]) expect(takes(bad), String(bad)).toBe('DataError');
    decoder.close();
  });
});
