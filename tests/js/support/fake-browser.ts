import { vi } from 'vitest';

/** A browser small enough to look into: what the window side of the library uses of Web Audio, WebRTC and workers. */

export class FakeTrack extends EventTarget {
  readyState: 'live' | 'ended' = 'live';
  #enabled = true;

  constructor(
    readonly kind: 'audio' | 'video' = 'audio',
    private readonly channelCount = 1,
    private readonly settings: MediaTrackSettings | Record<string, unknown> = {},
  ) {
    super();
  }

  get enabled() {
    return this.#enabled;
  }

  set enabled(value: boolean) {
    this.#enabled = value;
  }

  getSettings() {
    return { channelCount: this.channelCount, ...this.settings };
  }

  stop() {
    this.readyState = 'ended';
  }
}

export class FakeStream {
  constructor(readonly tracks: FakeTrack[] = []) {}
  getTracks() {
    return this.tracks;
  }
  getAudioTracks() {
    return this.tracks.filter(({ kind }) => kind === 'audio');
  }
  getVideoTracks() {
    return this.tracks.filter(({ kind }) => kind === 'video');
  }
}

export class FakeNode extends EventTarget {
  readonly targets = new Set<FakeNode>();
  constructor(readonly context: FakeContext) {
    super();
  }
  connect(target: FakeNode) {
    this.targets.add(target);
    return target;
  }
  disconnect(target?: FakeNode) {
    if (!target) this.targets.clear();
    else if (!this.targets.delete(target)) throw new DOMException('the given destination is not connected', 'InvalidAccessError');
  }
}

export class FakeSource extends FakeNode {
  constructor(
    context: FakeContext,
    readonly stream: FakeStream,
  ) {
    super(context);
    context.sources.push(this);
  }
}

/** A parameter that is where its last ramp ends. */
export class FakeParam {
  value = 1;
  setValueAtTime(value: number, _start?: number) {
    this.value = value;
  }
  linearRampToValueAtTime(value: number) {
    this.value = value;
  }
  setTargetAtTime(value: number) {
    this.value = value;
  }
  cancelScheduledValues() {}
}

export class FakeGain extends FakeNode {
  readonly gain = new FakeParam();
  constructor(context: FakeContext, { gain = 1 }: GainOptions = {}) {
    super(context);
    this.gain.value = gain;
  }
}

export class FakePanner extends FakeNode {
  readonly pan = new FakeParam();
}

/** Hears what a test says its sources give. */
export class FakeAnalyser extends FakeNode {
  readonly fftSize = 2048;
  getFloatTimeDomainData(samples: Float32Array) {
    samples.fill(browser.sounding ? 0.1 : 0);
  }
}

export class FakeDestination extends FakeNode {
  readonly stream = new FakeStream([new FakeTrack()]);
  constructor(context: FakeContext) {
    super(context);
    context.destinations.push(this);
  }
}

/** The window's end of a processor. `say` is the processor talking. */
export class FakeWorkletNode extends FakeNode {
  readonly heard: { type: string; [key: string]: unknown }[] = [];
  readonly port = {
    onmessage: undefined as ((event: { data: unknown }) => void) | undefined,
    postMessage: (message: { type: string }) => void this.heard.push(message),
  };
  constructor(
    context: FakeContext,
    readonly name: string,
    readonly options: AudioWorkletNodeOptions,
  ) {
    super(context);
    browser.worklets.push(this);
  }
  say(data: unknown) {
    this.port.onmessage?.({ data });
  }
}

const DEVICE_RATE = 44100;

export class FakeContext extends EventTarget {
  state: AudioContextState = 'running';
  readonly sampleRate: number;
  currentTime = 0;
  readonly sources: FakeSource[] = [];
  readonly destinations: FakeDestination[] = [];
  readonly destination = new FakeNode(this);
  readonly audioWorklet = { addModule: vi.fn((url: string) => browser.addModule(url)) };
  constructor(options: AudioContextOptions = {}) {
    super();
    this.sampleRate = options.sampleRate ?? browser.deviceRate;
    browser.contexts.push(this);
  }
  createMediaStreamSource(stream: FakeStream) {
    if (browser.refusedRates.includes(this.sampleRate)) throw new DOMException('another sample rate', 'NotSupportedError');
    return new FakeSource(this, stream);
  }
  async resume() {
    this.state = 'running';
  }
  async close() {
    this.state = 'closed';
  }
}

export class FakeWorker {
  readonly heard: { type: string; [key: string]: unknown }[] = [];
  terminated = false;
  onmessage: ((event: { data: unknown }) => void) | undefined;
  onerror: ((event: object) => void) | undefined;
  constructor(readonly url: string) {
    browser.workers.push(this);
  }
  postMessage(message: { type: string }) {
    this.heard.push(message);
  }
  terminate() {
    this.terminated = true;
  }
}

type Message = { type: string; [key: string]: unknown };

/** Holds the far end of a pipe's port, as the worker would. */
export class FakeScriptTransform {
  readonly heard: Message[] = [];
  constructor(
    readonly worker: FakeWorker,
    readonly options: { side?: string; port?: MessagePort } = {},
  ) {
    if (options.port) options.port.onmessage = ({ data }) => void this.heard.push(data as Message);
  }
  say(message: unknown) {
    this.options.port!.postMessage(message);
  }
  last(type: string) {
    return this.heard.filter((message) => message.type === type).at(-1);
  }
}

export class FakeAudio extends EventTarget {
  muted = false;
  srcObject: FakeStream | null = null;
  sinkId = '';
  constructor() {
    super();
    browser.elements.push(this);
  }
  async play() {
    if (browser.playRefused) throw new DOMException('no gesture yet', 'NotAllowedError');
  }
  async setSinkId(sinkId: string) {
    this.sinkId = sinkId;
  }
}

interface EndpointParts {
  track: FakeTrack | null;
  transport: { state: string } | null;
  codecs: { payloadType: number; mimeType: string }[];
  report: Record<string, unknown>[];
}

/** An RTCRtpSender or RTCRtpReceiver with both kinds of transforms. */
export class FakeEndpoint implements EndpointParts {
  transform: FakeScriptTransform | null = null;
  track: FakeTrack | null = new FakeTrack();
  transport: EndpointParts['transport'] = null;
  codecs = [{ payloadType: 111, mimeType: 'audio/OPUS' }];
  report: EndpointParts['report'] = [];
  readonly streams = { readable: new ReadableStream(), writable: new WritableStream() };
  createEncodedStreams: (() => { readable: ReadableStream; writable: WritableStream }) | undefined = () => this.streams;
  getParameters() {
    return { codecs: this.codecs };
  }
  async getStats() {
    return new Map(this.report.map((entry, i) => [i, entry]));
  }
}

export class FakeSender extends FakeEndpoint {
  async replaceTrack(track: FakeTrack | null) {
    this.track = track;
  }
}

export const browser = {
  contexts: [] as FakeContext[],
  worklets: [] as FakeWorkletNode[],
  workers: [] as FakeWorker[],
  elements: [] as FakeAudio[],
  deviceRate: DEVICE_RATE,
  /** Rates of contexts that take no track. */
  refusedRates: [] as number[],
  /** Whether sources give sound. */
  sounding: true,
  /** Whether elements may not play. */
  playRefused: false,
  addModule: async (_url: string): Promise<void> => {},
};

const EMPTY_WASM = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** Puts the fakes in place of the globals and gives a library of its own, as a freshly loaded page has it. */
export async function openPage(globals: Record<string, unknown> = {}) {
  Object.assign(browser, { contexts: [], worklets: [], workers: [], elements: [], deviceRate: DEVICE_RATE, refusedRates: [], sounding: true, playRefused: false, addModule: async () => {} });
  const fetched: string[] = [];
  const all: Record<string, unknown> = {
    AudioContext: FakeContext,
    AudioWorkletNode: FakeWorkletNode,
    GainNode: FakeGain,
    AnalyserNode: FakeAnalyser,
    StereoPannerNode: FakePanner,
    MediaStreamAudioDestinationNode: FakeDestination,
    MediaStream: FakeStream,
    MediaStreamTrack: FakeTrack,
    Worker: FakeWorker,
    RTCRtpScriptTransform: FakeScriptTransform,
    Audio: FakeAudio,
    location: { origin: 'https://page.example' },
    document: { baseURI: 'https://page.example/call/' },
    fetch: async (url: string) => {
      fetched.push(url);
      return new Response(EMPTY_WASM, { headers: { 'content-type': 'application/octet-stream' } });
    },
    ...globals,
  };
  vi.unstubAllGlobals();
  // The real one answers from another thread, in its own time.
  vi.spyOn(WebAssembly, 'compile').mockImplementation(async (bytes) => new WebAssembly.Module(bytes));
  for (const [name, value] of Object.entries(all)) vi.stubGlobal(name, value);
  vi.resetModules();
  const Earshot = await import('../../../js/src/index.js');
  Earshot.configure({ baseUrl: 'https://page.example/earshot/' });
  return { Earshot, fetched };
}

/** Lets promises and message ports do what is due. */
export async function settle() {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** How loud a node is at another, by the gains on all ways between. */
export function loudness(from: FakeNode, to: FakeNode): number {
  if (from === to) return 1;
  const gain = from instanceof FakeGain ? from.gain.value : 1;
  return [...from.targets].reduce((sum, next) => sum + gain * loudness(next, to), 0);
}

/** Whether sound gets from one node to another, and through which kinds of worklets. */
export function routes(from: FakeNode, to: FakeNode, seen: string[] = []): string[][] {
  if (from === to) return [seen];
  const here = from instanceof FakeWorkletNode ? [...seen, from.name] : seen;
  return [...from.targets].flatMap((next) => routes(next, to, here));
}

// The library's types are the browser's; the fakes stand in for them.
export const asTrack = (track: FakeTrack) => track as unknown as MediaStreamTrack;
export const asStream = (stream: FakeStream) => stream as unknown as MediaStream;
export const asSender = (sender: FakeSender) => sender as unknown as RTCRtpSender;
export const asReceiver = (receiver: FakeEndpoint) => receiver as unknown as RTCRtpReceiver;
export const asContext = (context: FakeContext) => context as unknown as AudioContext;
export const asNode = (node: FakeNode) => node as unknown as AudioNode;
