import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CaptureStat, PlayoutStat } from '../../js/src/wasm/abi.js';
import { settle } from './support/fake-browser.js';

const QUANTUM = 128;

/** A chain that plays a constant, or breaks. */
const chain = vi.hoisted(() => ({
  value: 0.5,
  broken: false,
  started: true,
  inserted: [] as number[],
  constructed: 0,
  heard: [] as number[],
  voice: { probability: 0, active: false, changes: 0 },
  /** Throws like a trap. */
  run() {
    if (this.broken) throw new WebAssembly.RuntimeError('unreachable');
  },
}));

class FakeChain {
  readonly input: Float32Array[];
  readonly output: Float32Array[];
  readonly latencySamples = 512;
  constructor(module: unknown, { numChannels, maxFrames }: { numChannels: number; maxFrames: number }) {
    if (module === 'broken') throw new WebAssembly.LinkError('no such import');
    chain.constructed++;
    this.input = Array.from({ length: numChannels }, () => new Float32Array(maxFrames));
    this.output = Array.from({ length: numChannels }, () => new Float32Array(maxFrames));
  }
  get started() {
    return chain.started;
  }
  configure() {}
  insert({ rtpTimestamp }: { rtpTimestamp: number }) {
    chain.inserted.push(rtpTimestamp);
  }
  process() {
    chain.run();
    chain.heard.push(...this.input[0]!);
    this.output.forEach((channel) => channel.fill(chain.value));
  }
  stats() {
    return Float64Array.of(1, 2, 3);
  }
  look() {
    const values = new Float64Array(CaptureStat.Count);
    values[CaptureStat.SpeechProbability] = chain.voice.probability;
    values[CaptureStat.VoiceActive] = Number(chain.voice.active);
    values[CaptureStat.VoiceChanges] = chain.voice.changes;
    return values;
  }
}

/** Told of another codec, it cannot be made when it is broken. */
class FakePlayoutChain extends FakeChain {
  restAfter = 0;
  constructor(module: unknown, options: { numChannels: number; maxFrames: number }) {
    if (chain.broken) throw new WebAssembly.RuntimeError('unreachable');
    super(module, options);
  }
  override look() {
    return new Float64Array(PlayoutStat.Count);
  }
}

vi.mock('../../js/src/wasm/capture-chain.js', () => ({ CaptureChain: FakeChain }));
vi.mock('../../js/src/wasm/playout-chain.js', () => ({ PlayoutChain: FakePlayoutChain }));

/** A processor as the browser sees it; its sources are of another scope than the tests, with other globals. */
interface Processor {
  readonly port: MessagePort;
  process(inputs: Float32Array[][], outputs?: Float32Array[][]): boolean;
}
type Processors = Record<'CaptureProcessor' | 'PlayoutProcessor' | 'TapProcessor', new (options: object) => Processor>;

let loaded: Processors;
let said: { type: string; [key: string]: unknown }[];

beforeEach(async () => {
  Object.assign(chain, { value: 0.5, broken: false, started: true, inserted: [], constructed: 0, heard: [], voice: { probability: 0, active: false, changes: 0 } });
  said = [];
  vi.stubGlobal('sampleRate', 48000);
  vi.stubGlobal('currentTime', 1.5);
  vi.stubGlobal(
    'AudioWorkletProcessor',
    class {
      readonly port = { postMessage: (message: { type: string }) => void said.push(message), onmessage: undefined };
    },
  );
  vi.resetModules();
  const files = ['capture', 'playout', 'tap'].map((name) => `../../js/src/worklet/${name}-processor.ts`);
  loaded = Object.assign({}, ...(await Promise.all(files.map((file) => import(/* @vite-ignore */ file)))));
});
afterEach(() => vi.unstubAllGlobals());

const options = (settings: object, module: unknown = 'module', numChannels = 1) => ({
  processorOptions: { module, numChannels, quantumFrames: QUANTUM, settings },
});
const tell = (processor: Processor, data: unknown) => processor.port.onmessage!({ data } as MessageEvent);
const capture = (settings: object = {}, module?: unknown, channels?: number) =>
  new loaded.CaptureProcessor(options({ bypass: false, ...settings }, module, channels));

/** One render quantum of a constant; gives the output. */
function render(processor: Processor, dry: number | null = 0.25, channels = 1) {
  const input = dry === null ? [] : Array.from({ length: channels }, () => new Float32Array(QUANTUM).fill(dry));
  const output = Array.from({ length: channels }, () => new Float32Array(QUANTUM));
  const alive = processor.process([input], [output]);
  return { output, alive };
}

/** Renders past the cross-fade. */
function fade(processor: Processor) {
  return [1, 2, 3].map(() => render(processor).output[0]!);
}

const faults = () => said.filter(({ type }) => type === 'fault');

describe('capture processor', () => {
  it('fades from the dry sound to the processed one without a step', () => {
    const samples = fade(capture()).flatMap((channel) => [...channel]);
    expect(samples[0]).toBeLessThan(0.26);
    expect(samples.slice(240).every((value) => value === 0.5)).toBe(true);
    const steps = samples.slice(1).map((value, i) => value - samples[i]!);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...steps)).toBeLessThan(0.25 / 200);
    expect(said).toEqual([{ type: 'latency', samples: 512 }, { type: 'state', state: 'running' }]);
  });

  it('is bit-exactly dry while bypassed, and comes back by a fade', () => {
    const processor = capture();
    fade(processor);
    tell(processor, { type: 'update', settings: { bypass: true } });
    fade(processor);
    expect(render(processor, 0.123).output[0]!.every((value) => value === Math.fround(0.123))).toBe(true);
    tell(processor, { type: 'update', settings: { bypass: false } });
    expect(render(processor).output[0]![0]).toBeLessThan(0.26);
    expect(said.slice(1).map(({ state }) => state)).toEqual(['running', 'bypassed', 'running']);
  });

  it('is dry within the very quantum of a trap, for good, and says so once', () => {
    const processor = capture({}, undefined, 2);
    for (let i = 0; i < 5; i++) render(processor, 0.25, 2);
    chain.broken = true;
    for (let i = 0; i < 5; i++) {
      const { output, alive } = render(processor, 0.25, 2);
      expect(alive).toBe(true);
      for (const channel of output) expect(channel.every((value) => value === 0.25)).toBe(true);
      chain.broken = false;
    }
    expect(faults()).toEqual([{ type: 'fault', code: 'wasm-fault', operation: expect.any(String), reason: 'unreachable' }]);
  });

  it('is dry from the start when it cannot be instantiated', () => {
    const processor = capture({}, 'broken');
    expect(render(processor).output[0]!.every((value) => value === 0.25)).toBe(true);
    expect(faults()).toEqual([expect.objectContaining({ code: 'wasm-compile' })]);
    tell(processor, { type: 'stats', id: 4 });
    expect(said.at(-1)).toEqual({ type: 'stats', id: 4, values: new Float64Array(), time: 1.5 });
  });

  it('processes silence while nothing is connected', () => {
    const processor = capture();
    for (let i = 0; i < 5; i++) render(processor, null);
    expect(render(processor, null).output[0]![0]).toBe(0.5);
    chain.broken = true;
    expect(render(processor, null).output[0]!.every((value) => value === 0)).toBe(true);
  });

  it.each(['vanishes', 'becomes silence'])('lets a sound that %s run out, before the chain', (how) => {
    const processor = capture({ bypass: true }, undefined, 1);
    for (let i = 0; i < 8; i++) render(processor);
    const gone = () => (how === 'vanishes' ? render(processor, null) : render(processor, 0)).output[0]!;
    const after = [gone(), gone(), gone(), gone()].flatMap((channel) => [...channel]);
    const steps = [0.25, ...after].slice(1).map((value, i) => value - [0.25, ...after][i]!);
    // A cosine over 5 ms at its steepest.
    expect(Math.min(...steps)).toBeGreaterThan((-1.01 * 0.25 * Math.PI) / (2 * 240));
    expect(Math.max(...steps)).toBe(0);
    expect(after.slice(240)).toEqual(new Array(after.length - 240).fill(0));
    expect(chain.heard.slice(-after.length)).toEqual(after);
  });

  it('leaves a single pulse, and quiet zeros within a sound, as they are', () => {
    const processor = capture({ bypass: true });
    const pass = (block: Float32Array) => {
      const output = new Float32Array(QUANTUM);
      processor.process([[block]], [[output]]);
      return output;
    };
    const pulse = new Float32Array(QUANTUM);
    pulse[10] = 1;
    for (let i = 0; i < 4; i++) expect(pass(pulse)).toEqual(pulse);
    const wave = new Float32Array(QUANTUM).fill(0.5);
    wave.fill(0, QUANTUM - 8);
    for (let i = 0; i < 8; i++) expect(pass(wave)).toEqual(wave);
  });

  it('tells of every change of the speech decision, and of the probability only while watched', () => {
    const processor = capture();
    const told = () => said.filter(({ type }) => type === 'speech' || type === 'voice').splice(0);
    const run = (quanta: number, voice: Partial<typeof chain.voice>) => {
      Object.assign(chain.voice, voice);
      said.length = 0;
      for (let i = 0; i < quanta; i++) render(processor);
      return told();
    };
    expect(run(100, { probability: 0.1 })).toEqual([]);
    expect(run(5, { active: true, changes: 1 })).toEqual([{ type: 'speech', active: true }]);
    expect(run(100, {})).toEqual([]);
    // Too short for a look to fall between.
    expect(run(5, { changes: 3 })).toEqual([false, true].map((active) => ({ type: 'speech', active })));
    expect(run(5, { active: false, changes: 4 })).toEqual([{ type: 'speech', active: false }]);
    tell(processor, { type: 'watch-voice', on: true });
    const reports = run(375, { probability: 0.25 });
    expect(reports.length).toBeGreaterThanOrEqual(8);
    expect(reports.length).toBeLessThanOrEqual(10);
    expect(reports[0]).toEqual({ type: 'voice', probability: 0.25, active: false });
    tell(processor, { type: 'watch-voice', on: false });
    expect(run(375, {})).toEqual([]);
  });

  it('latches a render quantum it was not made for', () => {
    const processor = capture();
    const output = new Float32Array(256);
    expect(processor.process([[new Float32Array(256).fill(0.25)]], [[output]])).toBe(true);
    expect(output.every((value) => value === 0.25)).toBe(true);
    expect(faults()).toHaveLength(1);
  });

  it('answers with statistics, and ends when closed', () => {
    const processor = capture();
    tell(processor, { type: 'stats', id: 9 });
    expect(said.at(-1)).toEqual({ type: 'stats', id: 9, values: Float64Array.of(1, 2, 3), time: 1.5 });
    tell(processor, { type: 'close' });
    expect(render(processor).alive).toBe(false);
  });
});

describe('playout processor', () => {
  const packet = (rtpTimestamp: number) => ({ type: 'packet', payload: new ArrayBuffer(1), payloadType: 111, ssrc: 1, sequenceNumber: 1, rtpTimestamp });

  function connected() {
    const processor = new loaded.PlayoutProcessor(options({ minDelay: 0, maxDelay: 2000, bypass: false }));
    const heard: unknown[] = [];
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = ({ data }) => void heard.push(data);
    tell(processor, { type: 'connect', port: port1 });
    return { processor, heard, pipe: port2 };
  }

  it("passes the native sound until the first packet is decoded, then fades to ours", async () => {
    chain.started = false;
    const { processor, heard, pipe } = connected();
    expect(fade(processor).every((channel) => channel.every((value) => value === 0.25))).toBe(true);
    expect(said).toEqual([]);
    pipe.postMessage(packet(0));
    await settle();
    chain.started = true;
    expect(fade(processor)[2]!.every((value) => value === 0.5)).toBe(true);
    expect(chain.inserted).toEqual([0]);
    await settle();
    expect(heard).toEqual([{ type: 'state', state: 'running' }]);
    expect(said).toEqual([{ type: 'state', state: 'running' }]);
  });

  it('goes back to the native sound while the sender uses another codec', async () => {
    const { processor, pipe } = connected();
    fade(processor);
    for (const [codec, value] of [[null, 0.25], ['opus', 0.5]] as const) {
      pipe.postMessage({ type: 'route', codec });
      await settle();
      expect(fade(processor)[2]![0]).toBe(value);
    }
    expect(said.map(({ state }) => state)).toEqual(['running', 'bypassed', 'running']);
    expect(chain.constructed).toBe(1);
  });

  it('plays on, by another chain, when the sender changes to another codec that we play', async () => {
    const { processor, pipe } = connected();
    fade(processor);
    pipe.postMessage({ type: 'route', codec: 'pcmu' });
    await settle();
    expect(chain.constructed).toBe(2);
    expect(fade(processor).every((channel) => channel.every((value) => value === 0.5))).toBe(true);
    expect(said.map(({ state }) => state)).toEqual(['running']);
  });

  it('goes back to the native sound for good when the chain of another codec cannot be made', async () => {
    const { processor, heard, pipe } = connected();
    fade(processor);
    chain.broken = true;
    pipe.postMessage({ type: 'route', codec: 'pcmu' });
    await settle();
    chain.broken = false;
    expect(render(processor).output[0]!.every((value) => value === 0.25)).toBe(true);
    await settle();
    expect(heard.at(-1)).toEqual({ type: 'state', state: 'bypassed' });
    expect(faults()).toHaveLength(1);
  });

  it('tells what was, also when the chain is gone', () => {
    const { processor } = connected();
    const history = (id: number) => {
      tell(processor, { type: 'history', id });
      expect(said.at(-1)).toMatchObject({ type: 'stats', id });
      return said.at(-1)!.values as Float64Array;
    };
    expect(history(1)).toHaveLength(0);
    // Two times 100 ms.
    for (let i = 0; i < 80; i++) render(processor);
    chain.broken = true;
    render(processor);
    expect(history(2)).toEqual(Float64Array.of(1.5, 0, 0, 0, 1.5, 0, 0, 0));
  });

  it('tells the pipe of a trap at once', async () => {
    const { processor, heard } = connected();
    fade(processor);
    chain.broken = true;
    expect(render(processor).output[0]!.every((value) => value === 0.25)).toBe(true);
    await settle();
    expect(heard).toEqual([{ type: 'state', state: 'running' }, { type: 'state', state: 'bypassed' }]);
    expect(faults()).toHaveLength(1);
  });

  it('is the native sound from the start when it cannot be instantiated', () => {
    const processor = new loaded.PlayoutProcessor(options({ minDelay: 0, maxDelay: 2000, bypass: false }, 'broken'));
    expect(render(processor).output[0]!.every((value) => value === 0.25)).toBe(true);
    expect(faults()).toEqual([expect.objectContaining({ code: 'wasm-compile' })]);
  });

  it('tells the pipe when it is closed', async () => {
    const { processor, heard } = connected();
    tell(processor, { type: 'close' });
    await settle();
    expect(heard).toEqual([{ type: 'close' }]);
    expect(render(processor).alive).toBe(false);
  });
});

describe('tap processor', () => {
  function tapped(numChannels: number) {
    const processor = new loaded.TapProcessor({ processorOptions: { numChannels } });
    const blocks: Float32Array<ArrayBuffer>[] = [];
    const { port1, port2 } = new MessageChannel();
    let giveBack = true;
    port2.onmessage = ({ data }) => {
      blocks.push((data as Float32Array<ArrayBuffer>).slice());
      if (giveBack) port2.postMessage(data, [data.buffer]);
    };
    tell(processor, { type: 'connect', port: port1 });
    return { processor, blocks, stopGivingBack: () => (giveBack = false) };
  }

  it.each([1, 2])('sends every sample once, in order, interleaved (%i channels)', async (channels) => {
    const { processor, blocks } = tapped(channels);
    for (let quantum = 0; quantum < 200; quantum++) {
      const input = Array.from({ length: channels }, (_, c) =>
        Float32Array.from({ length: QUANTUM }, (_, i) => (quantum * QUANTUM + i) * channels + c),
      );
      expect(processor.process([input])).toBe(true);
      if (quantum % 10 === 9) await settle();
    }
    const all = blocks.flatMap((block) => [...block]);
    expect(all).toEqual(Array.from({ length: 200 * QUANTUM * channels }, (_, i) => i));
  });

  it('sends silence while nothing plays upstream', async () => {
    const { processor, blocks } = tapped(1);
    for (let i = 0; i < 4; i++) processor.process([[]]);
    await settle();
    expect(blocks.map((block) => [...new Set(block)])).toEqual([[0], [0]]);
  });

  it('drops sound, and goes on, when the worker gives nothing back', async () => {
    const { processor, blocks, stopGivingBack } = tapped(1);
    stopGivingBack();
    for (let i = 0; i < 1000; i++) expect(processor.process([[new Float32Array(QUANTUM)]])).toBe(true);
    await settle();
    expect(blocks).toHaveLength(32);
  });

  it('ends when closed', () => {
    const { processor } = tapped(1);
    tell(processor, { type: 'close' });
    expect(processor.process([[]])).toBe(false);
  });
});
