import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlayoutInput, ReceivedPacket, ReceiverReport, ReceiverSettings } from '../../js/src/protocol.js';
import { opusSamples } from '../../js/src/worker/opus-packet.js';
import { ReceiverPipe } from '../../js/src/worker/receiver-pipe.js';
import { redPayload, redPrimary } from '../../js/src/worker/red-payload.js';
import { frame, isNative, opusFrame, type FakeFrame } from './support/frames.js';
import { settle } from './support/fake-browser.js';

const SETTINGS: ReceiverSettings = { nativeDecoder: 'keep', simulate: { loss: 0, jitter: 0 } };

let out: FakeFrame[];
let reports: ReceiverReport[];
let pipe: ReceiverPipe;
let heard: PlayoutInput[];
let playout: MessagePort | undefined;

beforeEach(() => {
  out = [];
  reports = [];
  heard = [];
  pipe = new ReceiverPipe((one) => out.push(one as FakeFrame), (report) => reports.push(report));
});

afterEach(() => playout?.close());

function start(settings: Partial<ReceiverSettings> = {}) {
  pipe.onCommand({ type: 'start', settings: { ...SETTINGS, ...settings } });
  const { port1, port2 } = new MessageChannel();
  playout = port2;
  port2.onmessage = ({ data }) => void heard.push(data as PlayoutInput);
  pipe.onCommand({ type: 'playout', port: port1 });
}

const packets = () => heard.filter((input): input is ReceivedPacket => input.type === 'packet');
const routes = () => heard.flatMap((input) => (input.type === 'route' ? [input.codec] : []));
const received = (rtpTimestamp: number, more: Partial<RTCEncodedAudioFrameMetadata> & { bytes?: number; toc?: number } = {}) =>
  opusFrame(rtpTimestamp, { synchronizationSource: 5, sequenceNumber: 100, ...more });

describe('ReceiverPipe', () => {
  it('copies each payload with its header to the playout and leaves the frame to the native decoder', async () => {
    start();
    const one = received(960);
    pipe.onFrame(one);
    await settle();
    expect(out).toEqual([one]);
    expect(isNative(one)).toBe(true);
    expect(packets()).toHaveLength(1);
    expect(packets()[0]).toMatchObject({ payloadType: 111, ssrc: 5, sequenceNumber: 100, rtpTimestamp: 960 });
    expect([...new Uint8Array(packets()[0]!.payload)]).toEqual([...one.native]);
    expect(reports).toEqual([{ type: 'flowing' }]);
  });

  it('passes frames while there is no playout, and after it is retired', () => {
    pipe.onFrame(received(0));
    start();
    pipe.onCommand({ type: 'retire' });
    pipe.onFrame(received(960));
    expect(out.map(isNative)).toEqual([true, true]);
  });

  it('hands padding on as an empty packet', async () => {
    start();
    pipe.onFrame(received(0, { bytes: 0, sequenceNumber: 101 }));
    await settle();
    expect(packets()[0]).toMatchObject({ sequenceNumber: 101 });
    expect(packets()[0]!.payload.byteLength).toBe(0);
    expect(out).toHaveLength(1);
  });

  it('never gives another codec to the playout, and tells it of the change', async () => {
    start();
    pipe.onFrame(received(0));
    pipe.onFrame(frame(new Uint8Array(160), { mimeType: 'audio/G722' }));
    pipe.onFrame(frame(new Uint8Array(160), { mimeType: 'audio/G722' }));
    pipe.onFrame(received(960));
    await settle();
    expect(routes()).toEqual([null, 'opus']);
    expect(packets()).toHaveLength(2);
    expect(out.every(isNative)).toBe(true);
  });

  it('gives of DTMF and comfort noise the place in the sequence alone', async () => {
    start();
    pipe.onFrame(received(960));
    const side = { synchronizationSource: 5, rtpTimestamp: 7, payloadType: 13 };
    for (const mimeType of ['audio/telephone-event', 'audio/CN']) pipe.onFrame(frame(new Uint8Array(4), { ...side, mimeType, sequenceNumber: 101 }));
    pipe.onFrame(frame(new Uint8Array(4), { ...side, mimeType: 'audio/CN' }));
    await settle();
    expect(routes()).toEqual([]);
    expect(packets().map(({ payload, sequenceNumber, rtpTimestamp }) => [payload.byteLength, sequenceNumber, rtpTimestamp])).toEqual([
      [40, 100, 960],
      [0, 101, 960],
      [0, 101, 960],
    ]);
    expect(out.every(isNative)).toBe(true);
  });

  it.each([
    ['by name', { mimeType: 'audio/PCMA', payloadType: 96 }, { mimeType: 'audio/PCMU', payloadType: 97 }],
    ['by the static payload type', { payloadType: 8 }, { payloadType: 0 }],
  ])('plays G.711, told %s', async (_, pcma, pcmu) => {
    start();
    pipe.onFrame(frame(new Uint8Array(160).fill(1), { ...pcma, sequenceNumber: 1, rtpTimestamp: 160 }));
    pipe.onFrame(frame(new Uint8Array(160).fill(2), { ...pcma, sequenceNumber: 2, rtpTimestamp: 320 }));
    pipe.onFrame(frame(new Uint8Array(80).fill(3), { ...pcmu, sequenceNumber: 3, rtpTimestamp: 480 }));
    await settle();
    expect(heard.map((input) => (input.type === 'route' ? input.codec : new Uint8Array(input.payload)[0]))).toEqual(['pcma', 1, 2, 'pcmu', 3]);
    expect(out.every(isNative)).toBe(true);
  });

  it('tells a playout that comes later of the codec', async () => {
    pipe.onCommand({ type: 'start', settings: SETTINGS });
    pipe.onFrame(frame(new Uint8Array(160), { mimeType: 'audio/PCMA' }));
    start();
    await settle();
    expect(heard).toEqual([{ type: 'route', codec: 'pcma' }]);
  });

  it.each([
    ['audio/PCMU', 0xff],
    ['audio/PCMA', 0xd5],
  ])('silences the native decoder in %s while ours plays', async (mimeType, silence) => {
    start({ nativeDecoder: 'silence' });
    const send = (bytes: number, sequenceNumber: number) => pipe.onFrame(frame(new Uint8Array(bytes).fill(0x12), { mimeType, sequenceNumber }));
    send(160, 1);
    playout!.postMessage({ type: 'state', state: 'running' });
    await settle();
    send(240, 2);
    await settle();
    expect(out.map(isNative)).toEqual([true, false]);
    expect(new Uint8Array(out[1]!.data)).toEqual(new Uint8Array(240).fill(silence));
    expect([...new Uint8Array(packets()[1]!.payload)]).toEqual(Array(240).fill(0x12));
  });

  it('plays redundant audio data of G.711, which the payload types of its blocks tell', async () => {
    start({ nativeDecoder: 'silence' });
    const red = (payloadType: number, sequenceNumber: number) => {
      const payload = new Uint8Array(160).fill(0x12);
      const bytes = redPayload({ payloadType, payload }, [{ timestampOffset: 160, payload }]);
      return frame(bytes, { mimeType: 'audio/red', payloadType: 63, sequenceNumber, synchronizationSource: 5 });
    };
    playout!.postMessage({ type: 'state', state: 'running' });
    await settle();
    pipe.onFrame(red(8, 1));
    pipe.onFrame(frame(Uint8Array.of(0xff, 0), { mimeType: 'audio/red', payloadType: 63, sequenceNumber: 2 }));
    pipe.onCommand({ type: 'payload-types', mimeTypes: { 96: 'audio/g722' } });
    pipe.onFrame(red(96, 3));
    await settle();
    expect(routes()).toEqual(['pcma', null]);
    expect(packets().map(({ redundant }) => redundant)).toEqual([true, true]);
    expect(redPrimary(new Uint8Array(out[0]!.data))).toEqual({ payloadType: 8, payload: new Uint8Array(160).fill(0xd5) });
    expect(out.map(isNative)).toEqual([false, true, true]);
  });

  it('makes nothing of a packet that a change of codec has overtaken', async () => {
    start();
    const pcmu = (sequenceNumber: number) => frame(new Uint8Array(160), { mimeType: 'audio/PCMU', sequenceNumber, synchronizationSource: 5 });
    pipe.onFrame(received(0, { sequenceNumber: 1 }));
    pipe.onFrame(pcmu(3));
    pipe.onFrame(received(960, { sequenceNumber: 2 }));
    pipe.onFrame(pcmu(4));
    await settle();
    expect(routes()).toEqual(['pcmu']);
    expect(packets().map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 3, 4]);
    expect(out).toHaveLength(4);
  });

  it('plays redundant audio data, and silences the native decoder in the same format', async () => {
    start({ nativeDecoder: 'silence' });
    const plain = received(0);
    const red = (rtpTimestamp: number) => {
      const copy = { timestampOffset: 960, payload: plain.native };
      const payload = redPayload({ payloadType: 111, payload: plain.native }, [copy]);
      return frame(payload, { mimeType: 'audio/red', payloadType: 63, rtpTimestamp, synchronizationSource: 5, sequenceNumber: 100 });
    };
    pipe.onFrame(plain);
    pipe.onFrame(red(960));
    playout!.postMessage({ type: 'state', state: 'running' });
    await settle();
    pipe.onFrame(red(1920));
    pipe.onFrame(frame(Uint8Array.of(0xff, 0), { mimeType: 'audio/red', payloadType: 63, rtpTimestamp: 2880 }));
    await settle();
    expect(routes()).toEqual([]);
    expect(packets().map(({ redundant, payloadType }) => [redundant, payloadType])).toEqual([[false, 111], [true, 63], [true, 63], [true, 63]]);
    expect([...new Uint8Array(packets()[1]!.payload)]).toEqual([...(out[1] as FakeFrame).native]);
    expect(out.map(isNative)).toEqual([true, true, false, true]);
    expect(redPrimary(new Uint8Array(out[2]!.data))).toEqual({ payloadType: 111, payload: Uint8Array.of(0xf8, 0xff, 0xfe) });
  });

  it('asks once for the codec of a payload type it does not know, and goes by the answer', async () => {
    start();
    const unnamed = () => received(0, { mimeType: undefined });
    pipe.onFrame(unnamed());
    pipe.onFrame(unnamed());
    expect(reports.filter(({ type }) => type === 'payload-types-needed')).toHaveLength(1);
    pipe.onCommand({ type: 'payload-types', mimeTypes: { 111: 'audio/opus' } });
    pipe.onFrame(unnamed());
    await settle();
    expect(packets()).toHaveLength(1);
  });

  it('silences the native decoder only while ours plays', async () => {
    start({ nativeDecoder: 'silence' });
    pipe.onFrame(received(0));
    playout!.postMessage({ type: 'state', state: 'running' });
    await settle();
    pipe.onFrame(received(960));
    pipe.onFrame(received(1920, { toc: 8 << 3 })); // 10 ms
    playout!.postMessage({ type: 'state', state: 'bypassed' });
    await settle();
    pipe.onFrame(received(2880));
    await settle();
    expect(out.map(isNative)).toEqual([true, false, false, true]);
    expect([...new Uint8Array(out[1]!.data)]).toEqual([0xf8, 0xff, 0xfe]);
    expect(opusSamples(new Uint8Array(out[2]!.data))).toBe(480);
    // Ours gets the sound in any case.
    expect(packets().map(({ payload }) => payload.byteLength)).toEqual([40, 40, 40, 40]);
  });

  it('gives the native decoder its sound back when the playout closes', async () => {
    start({ nativeDecoder: 'silence' });
    playout!.postMessage({ type: 'state', state: 'running' });
    await settle();
    playout!.postMessage({ type: 'close' });
    await settle();
    pipe.onFrame(received(0));
    expect(out.map(isNative)).toEqual([true]);
  });

  it('loses the asked share before both decoders', async () => {
    start({ simulate: { loss: 0.25, jitter: 0 } });
    for (let i = 0; i < 4000; i++) pipe.onFrame(received(960 * i));
    await settle();
    expect(out.length).toBeGreaterThan(2850);
    expect(out.length).toBeLessThan(3150);
    expect(packets()).toHaveLength(out.length);
  });

  it('delays within the asked jitter and keeps the order', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    let turn = 0;
    const random = vi.spyOn(Math, 'random').mockImplementation(() => [0.9, 0.1, 0.5, 0.7][turn++ % 4]!);
    try {
      start({ simulate: { loss: 0, jitter: 100 } });
      const sent = Array.from({ length: 50 }, (_, i) => received(960 * i));
      for (const one of sent) {
        pipe.onFrame(one);
        vi.advanceTimersByTime(20);
      }
      expect(out.length).toBeLessThan(50);
      // Switched off, what is on its way still arrives before what comes after.
      pipe.onCommand({ type: 'update', settings: SETTINGS });
      const last = received(48000);
      pipe.onFrame(last);
      vi.advanceTimersByTime(100);
      expect(out).toEqual([...sent, last]);
    } finally {
      random.mockRestore();
      vi.useRealTimers();
    }
  });

  it('makes up sequence numbers where the browser gives none', async () => {
    start();
    const at = [0, 1, 2, 5, 4, 6, 7]; // 3 is lost, 4 and 5 change places
    for (const index of at) pipe.onFrame(received((0xfffff000 + 960 * index) >>> 0, { sequenceNumber: undefined }));
    // Another codec, another clock.
    for (const index of at) pipe.onFrame(frame(new Uint8Array(160), { mimeType: 'audio/PCMU', rtpTimestamp: 160 * index }));
    await settle();
    expect(packets().map(({ sequenceNumber }) => sequenceNumber)).toEqual([...at, ...at]);
  });
});
