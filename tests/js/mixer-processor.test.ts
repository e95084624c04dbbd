import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PlayoutStat } from '../../js/src/wasm/abi.js';
import { settle } from './support/fake-browser.js';

const QUANTUM = 128;
const RATE = 48000;

/** Chains as they were made; each plays a constant of its own, or breaks. */
const chains = vi.hoisted(() => [] as { value: number; broken: boolean; inserted: number; settings: object; restAfter: number }[]);

class FakeChain {
  readonly started = true;
  readonly output: Float32Array[];
  readonly own = { value: 0, broken: false, inserted: 0, settings: {}, restAfter: 0 };
  constructor(module: unknown, { numChannels, maxFrames }: { numChannels: number; maxFrames: number }) {
    if (module === 'broken') throw new WebAssembly.LinkError('no such import');
    this.output = Array.from({ length: numChannels }, () => new Float32Array(maxFrames));
    chains.push(this.own);
  }
  set restAfter(milliseconds: number) {
    this.own.restAfter = milliseconds;
  }
  configure(settings: object) {
    this.own.settings = settings;
  }
  insert() {
    this.own.inserted++;
  }
  process() {
    if (this.own.broken) throw new WebAssembly.RuntimeError('unreachable');
    this.output.forEach((channel) => channel.fill(this.own.value));
  }
  look() {
    const values = new Float64Array(PlayoutStat.Count);
    values[PlayoutStat.LevelDbfs] = this.own.value;
    return values;
  }
}
vi.mock('../../js/src/wasm/playout-chain.js', () => ({ PlayoutChain: FakeChain }));

interface Processor {
  readonly port: MessagePort;
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}
let MixerProcessor: new (options: object) => Processor;
let said: { type: string; [key: string]: unknown }[];

beforeEach(async () => {
  chains.length = 0;
  said = [];
  vi.stubGlobal('sampleRate', RATE);
  vi.stubGlobal('currentTime', 1.5);
  const port = () => ({ postMessage: (message: { type: string }) => void said.push(message), onmessage: undefined });
  vi.stubGlobal('AudioWorkletProcessor', class { readonly port = port(); });
  vi.resetModules();
  // A source of another scope than the tests, with other globals: by a name that the compiler does not follow.
  const file = '../../js/src/worklet/mixer-processor.ts';
  ({ MixerProcessor } = await import(/* @vite-ignore */ file));
});
afterEach(() => vi.unstubAllGlobals());

function mixer(module: unknown = 'module') {
  const processor = new MixerProcessor({ processorOptions: { module, quantumFrames: QUANTUM } });
  const pipes: { heard: unknown[]; end: MessagePort }[] = [];
  const tell = (data: object) => processor.port.onmessage!({ data } as MessageEvent);
  return {
    tell,
    pipes,
    add(input: number, place = { gain: 1, pan: -1 }, numChannels = 1) {
      const { port1, port2 } = new MessageChannel();
      const pipe = { heard: [] as unknown[], end: port2 };
      port2.onmessage = ({ data }) => void pipe.heard.push(data);
      pipes.push(pipe);
      tell({ type: 'add', input, numChannels, settings: { minDelay: 0, maxDelay: 2000, bypass: false }, place, port: port1 });
    },
    /** The mix after so many quanta of these native sounds; the last sample of each side. */
    render(natives: (number | null)[], quanta = 60, length = QUANTUM) {
      const left: number[] = [];
      let alive = true;
      let mix: Float32Array[] = [];
      for (let i = 0; i < quanta; i++) {
        mix = [new Float32Array(length), new Float32Array(length)];
        alive = processor.process(natives.map((dry) => (dry === null ? [] : [new Float32Array(length).fill(dry)])), [mix]);
        left.push(...mix[0]!);
      }
      return { sides: mix.map((side) => +side.at(-1)!.toFixed(4)), left, alive };
    },
  };
}

const faults = () => said.filter(({ report }) => (report as { type?: string })?.type === 'fault');

describe('mixer processor', () => {
  it('adds the streams up, each at its place', () => {
    const { add, render } = mixer();
    add(0, { gain: 1, pan: -1 });
    add(2, { gain: 0.5, pan: 1 });
    [chains[0]!.value, chains[1]!.value] = [0.25, 0.5];
    expect(render([0.1, null, 0.1]).sides).toEqual([0.25, 0.25]);
    add(1, { gain: 1, pan: -1 });
    chains[2]!.value = 0.125;
    expect(render([0.1, 0.1, 0.1]).sides).toEqual([0.375, 0.25]);
    expect(said.map(({ input, report }) => [input, report])).toEqual([0, 2, 1].map((input) => [input, { type: 'state', state: 'running' }]));
    expect(chains.every(({ restAfter }) => restAfter > 0)).toBe(true);
  });

  it('lets streams join, move and leave without a step', () => {
    const { add, tell, render } = mixer();
    const heard: number[] = [];
    add(0);
    chains[0]!.value = 0.5;
    heard.push(...render([null]).left);
    add(1);
    chains[1]!.value = -0.25;
    heard.push(...render([null, null]).left);
    tell({ type: 'place', input: 1, place: { gain: 2, pan: -1 } });
    heard.push(...render([null, null]).left);
    tell({ type: 'remove', input: 0 });
    heard.push(...render([null, null]).left);
    const steps = heard.map((value, i) => Math.abs(value - (heard[i - 1] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(0.01);
    expect(heard.at(-1)).toBeCloseTo(-0.5, 4);
    expect(said.filter(({ type }) => type === 'removed')).toEqual([{ type: 'removed', input: 0 }]);
  });

  it('a stream that traps goes on dry, alone, and is said once', async () => {
    const { add, render, pipes } = mixer();
    add(0);
    add(1, { gain: 1, pan: 1 });
    [chains[0]!.value, chains[1]!.value] = [0.5, 0.5];
    render([0.25, 0.25]);
    chains[0]!.broken = true;
    for (let i = 0; i < 3; i++) expect(render([0.25, 0.25], 1).sides).toEqual([0.25, 0.5]);
    expect(faults()).toEqual([{ type: 'stream', input: 0, report: expect.objectContaining({ code: 'wasm-fault', reason: 'unreachable' }) }]);
    await settle();
    expect(pipes.map(({ heard }) => heard.at(-1))).toEqual([{ type: 'state', state: 'bypassed' }, { type: 'state', state: 'running' }]);
  });

  it('a stream that cannot be made is dry from the start', () => {
    const { add, render } = mixer('broken');
    add(0);
    expect(render([0.25]).sides).toEqual([0.25, 0]);
    expect(faults()).toEqual([{ type: 'stream', input: 0, report: expect.objectContaining({ code: 'wasm-compile' }) }]);
  });

  it('another render quantum than it was made for is dry', () => {
    const { add, render } = mixer();
    add(0);
    expect(render([0.25], 60, 64).sides).toEqual([0.25, 0]);
    expect(faults()).toHaveLength(1);
  });

  it('takes packets and settings for one stream, and answers for it', async () => {
    const { add, tell, render, pipes } = mixer();
    add(0);
    add(1);
    chains[1]!.value = 0.5;
    pipes[1]!.end.postMessage({ type: 'packet', payload: new ArrayBuffer(1), payloadType: 111, ssrc: 1, sequenceNumber: 1, rtpTimestamp: 0 });
    await settle();
    render([null, null], 1);
    expect(chains.map(({ inserted }) => inserted)).toEqual([0, 1]);
    tell({ type: 'update', input: 1, settings: { minDelay: 40, maxDelay: 50, bypass: true } });
    expect(chains[1]!.settings).toMatchObject({ minDelay: 40 });
    expect(render([0, 0.125]).sides).toEqual([0.125, 0]);
    tell({ type: 'stats', input: 1, id: 5 });
    tell({ type: 'stats', input: 7, id: 6 });
    expect(said.slice(-2)).toEqual([
      { type: 'stats', id: 5, values: expect.any(Float64Array) },
      { type: 'stats', id: 6, values: new Float64Array() },
    ]);
    expect((said.at(-2)!.values as Float64Array)[PlayoutStat.LevelDbfs]).toBe(0.5);
    // 61 quanta are 163 ms.
    tell({ type: 'history', input: 1, id: 7 });
    expect(said.at(-1)).toEqual({ type: 'stats', id: 7, values: Float64Array.of(1.5, 0, 0, 0) });
    tell({ type: 'history', input: 7, id: 8 });
    expect(said.at(-1)).toEqual({ type: 'stats', id: 8, values: new Float64Array() });
    for (const type of ['update', 'place', 'remove']) tell({ type, input: 7, settings: {}, place: { gain: 1, pan: 0 } });
  });

  it('ends when closed, and tells every pipe', async () => {
    const { add, tell, render, pipes } = mixer();
    add(0);
    tell({ type: 'close' });
    expect(render([0.25], 1)).toMatchObject({ alive: false, sides: [0, 0] });
    await settle();
    expect(pipes[0]!.heard.at(-1)).toEqual({ type: 'close' });
  });
});
