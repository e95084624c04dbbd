import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EncoderSettings, SenderReport } from '../../js/src/protocol.js';
import { redPayload, redPrimary } from '../../js/src/worker/red-payload.js';
import { SenderPipe, type PayloadEncoder } from '../../js/src/worker/sender-pipe.js';
import { frame, isNative, opusFrame, TOC_20_MS, type FakeFrame } from './support/frames.js';
import { seededRandom } from './support/random.js';

const SETTINGS: EncoderSettings = {
  application: 'voip',
  numChannels: 1,
  bitrate: 32000,
  complexity: 9,
  fec: true,
  dtx: false,
  expectedLoss: 0,
  maxBandwidth: 'fullband',
  redundancy: 1,
  dred: 0,
  bypass: false,
};

/** An encoder whose payload names the first sample and the number of samples it was given. */
class NamingEncoder implements PayloadEncoder {
  readonly lookahead = 312;
  readonly input = new Float32Array(5760 * 2);
  readonly configured: EncoderSettings[] = [];
  broken = false;

  configure(settings: EncoderSettings): void {
    this.configured.push(settings);
  }

  encode(frames: number): Uint8Array {
    if (this.broken) throw new WebAssembly.RuntimeError('unreachable');
    return new Uint8Array(Float32Array.of(this.input[0]!, frames).buffer);
  }
}

let out: FakeFrame[];
let reports: SenderReport[];
let encoder: NamingEncoder;
let pipe: SenderPipe;
let written: number;
let clock: number;

beforeEach(() => {
  out = [];
  reports = [];
  written = 0;
  clock = 0;
  encoder = new NamingEncoder();
  pipe = new SenderPipe(
    (one) => out.push(one as FakeFrame),
    (report) => reports.push(report),
    async () => encoder,
    () => clock,
  );
});

async function start(settings = SETTINGS) {
  pipe.onCommand({ type: 'start', settings });
  const { port1, port2 } = new MessageChannel();
  port2.close();
  pipe.onCommand({ type: 'pcm', port: port1 });
  await Promise.resolve();
  await Promise.resolve();
}

/** Writes a ramp: sample n has the value n. */
function pcm(frames: number) {
  pipe.onPcm(Float32Array.from({ length: frames }, () => written++));
}

const counters = () => {
  pipe.onCommand({ type: 'stats', id: 1 });
  const report = reports.at(-1)!;
  if (report.type !== 'stats') throw new Error('no statistics');
  return report.counters;
};
const payload = ({ data }: FakeFrame) => [...new Float32Array(data)];
const faults = () => reports.filter(({ type }) => type === 'fault');
const states = () => reports.flatMap((report) => (report.type === 'state' ? [report.state] : []));

/** A carrier frame as a browser sends it that prefers redundant audio data. */
function redFrame(rtpTimestamp: number) {
  const native = redPayload({ payloadType: 111, payload: opusFrame(rtpTimestamp).native }, [{ timestampOffset: 960, payload: new Uint8Array(9) }]);
  return frame(native, { mimeType: 'audio/red', payloadType: 63, rtpTimestamp });
}

describe('SenderPipe', () => {
  it('sends redundant audio data with copies of our own payloads where the carrier is such', async () => {
    await start({ ...SETTINGS, redundancy: 2 });
    for (let i = 0; i < 4; i++) {
      pcm(960);
      pipe.onFrame(redFrame(960 * i));
    }
    const plain = out.map(({ data }) => redPrimary(new Uint8Array(data))!.payload);
    expect(counters()).toMatchObject({ framesEncoded: 4, framesOther: 0, bytesEncoded: 4 * 8 });
    // Copies of the two before it, the oldest first, each with its age.
    const expected = redPayload({ payloadType: 111, payload: plain[3]! }, [
      { timestampOffset: 1920, payload: plain[1]! },
      { timestampOffset: 960, payload: plain[2]! },
    ]);
    expect(new Uint8Array(out[3]!.data)).toEqual(expected);
    expect(new Set(plain.map(String)).size).toBe(4);
    pipe.onCommand({ type: 'update', settings: { ...SETTINGS, redundancy: 0 } });
    pcm(960);
    pipe.onFrame(redFrame(960 * 4));
    expect(out[4]!.data.byteLength).toBe(1 + 8);
  });

  it('passes redundant audio data that is none, and leaves out copies that make a packet too long', async () => {
    await start();
    const broken = frame(Uint8Array.of(0xff, 1), { mimeType: 'audio/red', payloadType: 63, rtpTimestamp: 0 });
    pipe.onFrame(broken);
    expect(isNative(broken)).toBe(true);
    expect(counters().framesOther).toBe(1);
    const telephone = frame(Uint8Array.of(0, ...new Uint8Array(160)), { mimeType: 'audio/red', payloadType: 63, rtpTimestamp: 0 });
    pipe.onFrame(telephone);
    expect(isNative(telephone)).toBe(true);
    expect(counters().framesOther).toBe(2);
    encoder.encode = () => new Uint8Array(700);
    for (const timestamp of [960, 1920]) {
      pcm(960);
      pipe.onFrame(redFrame(timestamp));
    }
    expect(out.slice(2).map(({ data }) => data.byteLength)).toEqual([701, 701]);
  });

  it('passes native frames before it is started and while the encoder loads', () => {
    pipe.onFrame(opusFrame(0));
    pipe.onCommand({ type: 'start', settings: SETTINGS });
    pipe.onFrame(opusFrame(960));
    expect(out.map(isNative)).toEqual([true, true]);
    expect(states()).toEqual([]);
  });

  it('replaces the payload on the same frame object, as much sound as the carrier lasts', async () => {
    await start();
    for (const [toc, samples] of [[TOC_20_MS, 960], [8 << 3, 480], [11 << 3, 2880], [TOC_20_MS | 1, 1920]] as const) {
      pcm(2880);
      const carrier = opusFrame(0, { toc });
      pipe.onFrame(carrier);
      expect(out.at(-1)).toBe(carrier);
      expect(payload(out.at(-1)!)[1]).toBe(samples);
    }
    expect(states()).toEqual(['running']);
    expect(counters()).toMatchObject({ framesEncoded: 4, framesNative: 0, bytesEncoded: 32 });
  });

  it('encodes consecutive sound for consecutive timestamps', async () => {
    await start();
    pcm(960);
    for (let i = 0; i < 20; i++) {
      pipe.onFrame(opusFrame(960 * i));
      pcm(960);
    }
    const firsts = out.map((one) => payload(one)[0]!);
    expect(firsts.slice(1).map((value, i) => value - firsts[i]!)).toEqual(Array(19).fill(960));
  });

  it('skips the sound of a pause of the carrier', async () => {
    await start();
    pcm(960);
    pipe.onFrame(opusFrame(0));
    pcm(9600);
    pipe.onFrame(opusFrame(9600));
    // The newest 20 ms, but for the little that is kept as a cushion.
    expect(written - payload(out[1]!)[0]!).toBeLessThanOrEqual(960 + 256);
  });

  it('holds a frame until its sound is there', async () => {
    await start();
    pcm(900);
    pipe.onFrame(opusFrame(0));
    expect(out).toHaveLength(0);
    pcm(60);
    expect(out.map(isNative)).toEqual([false]);
  });

  it('lets a frame that waits for long go with its native payload', async () => {
    await start();
    for (const [i, at] of [0, 20, 59].entries()) {
      clock = at;
      pipe.onFrame(opusFrame(960 * i));
    }
    expect(out).toHaveLength(0);
    clock = 60;
    pipe.onFrame(opusFrame(2880));
    expect(out.map(isNative)).toEqual([true]);
    expect(counters()).toMatchObject({ framesStarved: 1, framesNative: 1 });
    pcm(2880);
    expect(out.map(isNative)).toEqual([true, false, false, false]);
  });

  it('sends the sound of a stall behind whose frames it arrives', async () => {
    await start();
    pcm(960);
    pipe.onFrame(opusFrame(0));
    clock = 500;
    for (let i = 1; i < 10; i++) pipe.onFrame(opusFrame(960 * i));
    pcm(9 * 960);
    expect(out.map((one) => payload(one)[0]!)).toEqual([...Array(10).keys()].map((i) => 960 * i));
  });

  it('stops holding when the source is gone, and takes it up again', async () => {
    await start();
    for (let i = 0; i < 10; i++) {
      pipe.onFrame(opusFrame(960 * i));
      clock += 20;
    }
    expect(out).toHaveLength(10);
    expect(out.every(isNative)).toBe(true);
    pcm(1920);
    pipe.onFrame(opusFrame(9600));
    expect(isNative(out[10]!)).toBe(false);
  });

  it('keeps frames one to one and in order whatever happens', async () => {
    const random = seededRandom(3);
    await start();
    const sent: FakeFrame[] = [];
    for (let step = 0; step < 20000; step++) {
      const choice = random();
      clock += 10 * random();
      if (choice < 0.4) pcm(Math.floor(random() * 800));
      else if (choice < 0.9) sent.push(opusFrame(960 * sent.length, { bytes: random() < 0.05 ? 0 : 40 }));
      else if (choice < 0.92) sent.push(frame(new Uint8Array(4), { mimeType: 'audio/telephone-event' }));
      else if (choice < 0.94) pipe.onCommand({ type: 'mute', muted: random() < 0.5 });
      else if (choice < 0.96) pipe.onCommand({ type: 'update', settings: { ...SETTINGS, bypass: random() < 0.5 } });
      else if (choice < 0.961) pipe.onCommand({ type: 'no-pcm' });
      else if (choice < 0.962) await start();
      else if (choice < 0.963) pipe.onCommand({ type: 'retire' });
      if (choice >= 0.4 && choice < 0.92) pipe.onFrame(sent.at(-1)!);
    }
    pipe.onCommand({ type: 'retire' });
    expect(out.length).toBe(sent.length);
    expect(out.every((one, i) => one === sent[i])).toBe(true);
    expect(out.some((one) => !isNative(one))).toBe(true);
  });

  it('touches nothing but Opus', async () => {
    await start();
    pcm(5000);
    for (const mimeType of ['audio/telephone-event', 'audio/CN', 'audio/PCMU', undefined]) {
      pipe.onFrame(frame(Uint8Array.of(TOC_20_MS, 1, 2, 3), { mimeType, payloadType: 101 }));
    }
    expect(out.every(isNative)).toBe(true);
    expect(counters()).toMatchObject({ framesOther: 4, framesEncoded: 0 });
  });

  it('sends the native payload while muted or bypassed', async () => {
    await start();
    pcm(5000);
    pipe.onCommand({ type: 'mute', muted: true });
    pipe.onFrame(opusFrame(0));
    pipe.onCommand({ type: 'mute', muted: false });
    pipe.onFrame(opusFrame(960));
    pipe.onCommand({ type: 'update', settings: { ...SETTINGS, bypass: true } });
    pipe.onFrame(opusFrame(1920));
    expect(out.map(isNative)).toEqual([true, false, true]);
    expect(states()).toEqual(['running', 'bypassed']);
  });

  it('does not send sound from before a mute', async () => {
    await start();
    pcm(960);
    pipe.onFrame(opusFrame(0));
    pcm(400);
    pipe.onFrame(opusFrame(960)); // held
    pipe.onCommand({ type: 'mute', muted: true });
    expect(isNative(out[1]!)).toBe(true);
    for (let i = 2; i < 40; i++) {
      pcm(960);
      pipe.onFrame(opusFrame(960 * i));
    }
    pipe.onCommand({ type: 'mute', muted: false });
    pcm(960);
    pipe.onFrame(opusFrame(960 * 40));
    expect(written - payload(out.at(-1)!)[0]!).toBeLessThanOrEqual(960 + 256);
  });

  it('latches a fault, passes the frame natively and reports once', async () => {
    await start();
    pcm(5000);
    encoder.broken = true;
    for (let i = 0; i < 5; i++) pipe.onFrame(opusFrame(960 * i));
    encoder.broken = false;
    pcm(5000);
    pipe.onFrame(opusFrame(4800));
    expect(out.map(isNative)).toEqual(Array(6).fill(true));
    expect(faults()).toEqual([expect.objectContaining({ code: 'wasm-fault', reason: 'unreachable' })]);
  });

  it('reports an encoder that cannot be made, once', async () => {
    pipe = new SenderPipe((one) => out.push(one as FakeFrame), (report) => reports.push(report), () =>
      Promise.reject(new Error('no memory')),
    );
    await start();
    await vi.waitFor(() => expect(faults()).toHaveLength(1));
    pipe.onFrame(opusFrame(0));
    expect(out.map(isNative)).toEqual([true]);
  });

  it('applies the latest settings to an encoder that arrives later', async () => {
    pipe.onCommand({ type: 'start', settings: SETTINGS });
    pipe.onCommand({ type: 'update', settings: { ...SETTINGS, bitrate: 64000 } });
    await Promise.resolve();
    await Promise.resolve();
    expect(encoder.configured.at(-1)!.bitrate).toBe(64000);
  });

  it('passes frames natively after it is retired, and runs again when restarted', async () => {
    await start();
    pcm(960);
    pipe.onFrame(opusFrame(0));
    pipe.onCommand({ type: 'retire' });
    pipe.onFrame(opusFrame(960));
    await start();
    pcm(960);
    pipe.onFrame(opusFrame(1920));
    expect(out.map(isNative)).toEqual([false, true, false]);
  });
});
