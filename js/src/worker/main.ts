/** Entry of `earshot-worker.js`: both kinds of encoded transforms meet in `attach`. */
import type { PipeOptions, WorkerCommand, WorkerReport } from '../protocol.js';
import { OpusEncoder } from '../wasm/opus-encoder.js';
import { ReceiverPipe } from './receiver-pipe.js';
import { SenderPipe } from './sender-pipe.js';

declare const self: DedicatedWorkerGlobalScope;

let supplyModule: (module: WebAssembly.Module) => void;
const audioModule = new Promise<WebAssembly.Module>((resolve) => (supplyModule = resolve));

self.onmessage = ({ data }: MessageEvent<WorkerCommand>) => {
  if (data.type === 'module') supplyModule(data.module);
  else attach(data, data.readable, data.writable);
};

// RTCRtpScriptTransform; the window transfers the streams of createEncodedStreams in a message instead.
self.onrtctransform = ({ transformer }) => {
  attach(transformer.options as PipeOptions, transformer.readable, transformer.writable);
};

self.postMessage({ type: 'ready' } satisfies WorkerReport);

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
      ? new SenderPipe(emit, report, async (settings) => OpusEncoder.create(await audioModule, settings))
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
