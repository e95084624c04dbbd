/** Entry of `earshot-worker.js`: both kinds of encoded transforms meet in `attach`. */
import type { EncoderModule, EncoderSettings, PipeOptions, WorkerCommand, WorkerReport } from '../protocol.js';
import { OpusEncoder } from '../wasm/opus-encoder.js';
import { ReceiverPipe } from './receiver-pipe.js';
import { SenderPipe, type PayloadEncoder } from './sender-pipe.js';

declare const self: DedicatedWorkerGlobalScope;

/** An encoder's module, as the window supplies it: once, or again when it could not be had before. */
class ModuleSupply {
  #resolve!: (module: WebAssembly.Module | null) => void;
  #module = new Promise<WebAssembly.Module | null>((resolve) => (this.#resolve = resolve));

  get module(): Promise<WebAssembly.Module | null> {
    return this.#module;
  }

  supply(module: WebAssembly.Module | null): void {
    this.#resolve(module);
    this.#module = Promise.resolve(module);
  }
}

const modules = { audio: new ModuleSupply(), 'encoder-deep': new ModuleSupply() } satisfies Record<EncoderModule, ModuleSupply>;

self.onmessage = ({ data }: MessageEvent<WorkerCommand>) => {
  if (data.type === 'module') modules[data.name].supply(data.module);
  else attach(data, data.readable, data.writable);
};

// RTCRtpScriptTransform; the window transfers the streams of createEncodedStreams in a message instead.
self.onrtctransform = ({ transformer }) => {
  attach(transformer.options as PipeOptions, transformer.readable, transformer.writable);
};

self.postMessage({ type: 'ready' } satisfies WorkerReport);

/** The small module's, where the deep one is not wanted or cannot be had. */
async function createEncoder(settings: EncoderSettings): Promise<PayloadEncoder> {
  const deep = settings.dred > 0 ? await modules['encoder-deep'].module : null;
  return OpusEncoder.create(deep ?? (await modules.audio.module)!, settings);
}

/** Runs one sender's or receiver's frames through a pipe of its own until its connection ends. */
function attach({ side, port }: PipeOptions, readable: ReadableStream, writable: WritableStream): void {
  let output!: TransformStreamDefaultController<RTCEncodedAudioFrame>;
  const emit = (frame: RTCEncodedAudioFrame) => {
    try {
      output.enqueue(frame);
    } catch {
      // The connection closed while a frame was held or delayed.
    }
  };
  const report = (message: unknown) => port.postMessage(message);
  const pipe =
    side === 'sender'
      ? new SenderPipe(emit, report, createEncoder)
      : new ReceiverPipe(emit, report);
  port.onmessage = ({ data }) => pipe.onCommand(data);
  const transform = new TransformStream<RTCEncodedAudioFrame, RTCEncodedAudioFrame>({
    start: (controller) => void (output = controller),
    transform: (frame) => pipe.onFrame(frame),
  });
  readable
    .pipeThrough(transform)
    .pipeTo(writable)
    .catch(() => {})
    .finally(() => pipe.close());
}
