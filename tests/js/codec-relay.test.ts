import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PlayoutStat } from '../../js/src/wasm/abi.js';
import { G711, type G711Exports } from '../../js/src/wasm/g711.js';
import { instantiate } from '../../js/src/wasm/loader.js';
import { OpusEncoder } from '../../js/src/wasm/opus-encoder.js';

const QUANTUM = 128;
const RATE = 48000;
const HERTZ = 400;
const AMPLITUDE = 0.25;
/** A packet is of 20 ms: so many samples at 48 kHz. */
const PACKET = 960;

type Codec = 'opus' | 'pcma' | 'pcmu';
interface Relay {
  readonly output: readonly Float32Array[];
  readonly started: boolean;
  configure(settings: object): void;
  follow(codec: Codec): void;
  push(packet: object): void;
  process(frames: number): void;
  look(): Float64Array;
}
let CodecRelay: new (module: WebAssembly.Module, options: object) => Relay;

// The modules as they are built.
const load = (name: string) => new WebAssembly.Module(readFileSync(new URL(`../../dist/earshot-${name}.wasm`, import.meta.url)));
const worklet = load('worklet');
const audio = load('audio');

beforeEach(async () => {
  vi.stubGlobal('sampleRate', RATE);
  // A source of another scope than the tests, with other globals: by a name that the compiler does not follow.
  const file = '../../js/src/worklet/codec-relay.ts';
  ({ CodecRelay } = await import(/* @vite-ignore */ file));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

type Encoder = (packet: number, hertz: number) => Uint8Array;

/** Encodes packet after packet of a tone. */
function encoder(codec: Codec): Encoder {
  const tone = (rate: number, hertz: number, i: number) => AMPLITUDE * Math.sin((2 * Math.PI * hertz * i) / rate);
  if (codec !== 'opus') {
    const g711 = new G711(instantiate<G711Exports>(audio), codec === 'pcma' ? 'alaw' : 'ulaw', 160);
    return (packet, hertz) => g711.encode(Int16Array.from({ length: 160 }, (_, i) => Math.round(32767 * tone(8000, hertz, 160 * packet + i)))).slice();
  }
  const opus = OpusEncoder.create(audio, {
    application: 'audio', numChannels: 1, bitrate: 96000, complexity: 5, fec: false, expectedLoss: 0, dtx: false, maxBandwidth: 'fullband',
  });
  return (packet, hertz) => {
    opus.input.set(Float32Array.from({ length: PACKET }, (_, i) => tone(RATE, hertz, PACKET * packet + i)));
    return opus.encode(PACKET).slice();
  };
}

interface Fate {
  hertz?: number;
  lost?: (index: number) => boolean;
  /** No sound is asked for meanwhile. */
  stopped?: boolean;
}

/** A sender in simulated time: `play` goes on with packets of a codec and gives what is heard meanwhile. */
function call(settings: object = {}) {
  const relay = new CodecRelay(worklet, { numChannels: 1, maxFrames: QUANTUM, settings: { minDelay: 60, maxDelay: 2000, latencyHint: 'balanced', bypass: false, ...settings } });
  const encoders = new Map<Codec, Encoder>();
  let [packet, clock] = [0, 0];
  let values = relay.look().slice();
  // Each may have taken 10 ms more from its buffer than it has played.
  let chains = 1;
  let last: Codec = 'opus';
  const play = (codec: Codec, packets: number, { hertz = HERTZ, lost = () => false, stopped = false }: Fate = {}) => {
    if (!encoders.has(codec)) encoders.set(codec, encoder(codec));
    const heard: number[] = [];
    for (let i = 0; i < packets; i++, packet++) {
      if (!lost(i)) {
        if (codec !== last) chains++;
        relay.follow((last = codec));
        const rtpTimestamp = (codec === 'opus' ? PACKET : 160) * packet;
        relay.push({ payload: encoders.get(codec)!(packet, hertz), redundant: false, payloadType: 0, ssrc: 1, sequenceNumber: packet, rtpTimestamp });
      }
      for (; clock < (packet + 1) * PACKET; clock += QUANTUM) {
        if (stopped) continue;
        relay.process(QUANTUM);
        heard.push(...relay.output[0]!);
        const now = relay.look();
        for (const stat of COUNTERS) expect(now[stat]!, PlayoutStat[stat]).toBeGreaterThanOrEqual(values[stat]!);
        expect(now[PlayoutStat.TotalSamples]).toBeLessThanOrEqual(clock + QUANTUM + (chains * RATE) / 100);
        values = now.slice();
      }
    }
    return heard;
  };
  return { relay, play, stat: (stat: PlayoutStat) => values[stat]!, clock: () => clock };
}

const COUNTERS = Array.from({ length: PlayoutStat.PacketsInBuffer }, (_, stat) => stat as PlayoutStat).filter((stat) => {
  return stat !== PlayoutStat.CurrentDelayMs && stat !== PlayoutStat.TargetDelayMs;
});

/** Levels of 20 ms each, in dB of the tone's. */
function levels(sound: readonly number[]) {
  return Array.from({ length: Math.floor(sound.length / PACKET) }, (_, i) => {
    const part = sound.slice(i * PACKET, (i + 1) * PACKET);
    return 10 * Math.log10((2 * part.reduce((sum, x) => sum + x * x, 0)) / PACKET / AMPLITUDE ** 2);
  });
}
/** Amplitudes of a tone in stretches of 10 ms. */
function tones(sound: readonly number[], hertz: number) {
  const length = RATE / 100;
  return Array.from({ length: Math.floor(sound.length / length) }, (_, at) => {
    let [re, im] = [0, 0];
    for (let i = 0; i < length; i++) {
      const phase = (2 * Math.PI * hertz * i) / RATE;
      re += sound[at * length + i]! * Math.cos(phase);
      im += sound[at * length + i]! * Math.sin(phase);
    }
    return (2 * Math.hypot(re, im)) / length;
  });
}
const steepest = (sound: readonly number[]) => Math.max(...sound.slice(1).map((x, i) => Math.abs(x - sound[i]!)));

describe.each([
  ['opus', 'pcmu'],
  ['pcmu', 'opus'],
  ['pcma', 'pcmu'],
] as const)('a change from %s to %s', (from, to) => {
  it('leaves no gap, no click and the delay as it was', () => {
    const { relay, play, stat } = call();
    play(from, 100);
    const before = { delay: stat(PlayoutStat.CurrentDelayMs), concealed: stat(PlayoutStat.ConcealedSamples) };
    expect(before.delay).toBeGreaterThan(45);
    const heard = [...play(from, 5), ...play(to, 20)];
    expect(Math.min(...levels(heard))).toBeGreaterThan(-3);
    // A sine is nowhere steeper than at zero; two that are faded into each other, of opposite phase, little more.
    expect(steepest(heard)).toBeLessThan((2.2 * 2 * Math.PI * HERTZ * AMPLITUDE) / RATE);
    expect(Math.abs(stat(PlayoutStat.CurrentDelayMs) - before.delay)).toBeLessThan(25);
    // The chain before makes up what the fade ends in.
    expect(stat(PlayoutStat.ConcealedSamples) - before.concealed).toBeLessThanOrEqual(RATE / 50);
    expect(stat(PlayoutStat.PacketsDiscarded)).toBe(0);
    // Nothing is left of the chain before: the sound comes straight from the memory of the one behind it.
    expect(relay.output[0]!.buffer.byteLength).toBeGreaterThan(4 * QUANTUM);
  });

  it.each([60, 200])('leaves nothing out of what came before and after, at a delay of %i ms', (minDelay) => {
    const { relay, play, stat } = call({ minDelay });
    play(from, 100);
    // The delay is there; nothing but the change keeps it.
    relay.configure({ minDelay: 0, maxDelay: 2000, latencyHint: 'balanced' });
    const heard = [...play(from, 1, { hertz: 1000 }), ...play(to, 1, { hertz: 1700 })];
    expect(stat(PlayoutStat.PacketsReceived)).toBe(102);
    heard.push(...play(to, 30));
    for (const hertz of [1000, 1700]) expect(Math.max(...tones(heard, hertz)), `${hertz} Hz`).toBeGreaterThan(AMPLITUDE / 2);
  });

  it('goes on with the counters, which count samples at 48 kHz', () => {
    const { play, stat, clock } = call();
    play(from, 50);
    play(to, 100, { lost: (i) => i === 50 });
    expect(stat(PlayoutStat.PacketsReceived)).toBe(149);
    expect(stat(PlayoutStat.PacketsLost)).toBe(1);
    expect(Math.abs(stat(PlayoutStat.TotalSamples) - clock())).toBeLessThanOrEqual((3 * RATE) / 100);
    const mean = stat(PlayoutStat.DelaySumMs) / stat(PlayoutStat.EmittedSamples);
    expect(mean).toBeGreaterThan(20);
    expect(mean).toBeLessThan(90);
  });
});

describe('CodecRelay', () => {
  it('comes to a codec that is not Opus before the first packet', () => {
    const { play, relay, stat } = call({ minDelay: 0 });
    const heard = play('pcma', 50);
    expect(relay.started).toBe(true);
    expect(levels(heard.slice(RATE / 2)).every((level) => Math.abs(level) < 1)).toBe(true);
    expect(stat(PlayoutStat.ConcealedSamples)).toBeLessThan(RATE / 20);
  });

  it('goes on from codec to codec before the first has sound, or while it waits for it', () => {
    const { play, stat } = call();
    play('opus', 50);
    play('pcma', 1);
    play('pcmu', 1);
    play('opus', 1);
    play('pcma', 50);
    expect(levels(play('pcma', 10)).every((level) => Math.abs(level) < 1)).toBe(true);
    expect(stat(PlayoutStat.PacketsReceived)).toBe(113);
  });

  it('lets only the newest packets of a backlog of any codec through', () => {
    let now = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => now);
    const { play, stat } = call({ minDelay: 0 });
    play('pcmu', 50);
    now += 1000;
    play('pcmu', 50, { stopped: true });
    play('pcmu', 1);
    // Three packets are 60 ms.
    expect(stat(PlayoutStat.PacketsReceived)).toBe(53);
  });

  it('keeps the bounds of the delay that were asked for after the change', () => {
    const { play, relay, stat } = call({ minDelay: 200 });
    play('opus', 100);
    expect(stat(PlayoutStat.TargetDelayMs)).toBeGreaterThanOrEqual(200);
    relay.configure({ minDelay: 0, maxDelay: 2000, latencyHint: 'balanced' });
    play('pcmu', 100);
    expect(stat(PlayoutStat.TargetDelayMs)).toBeLessThan(100);
  });
});
