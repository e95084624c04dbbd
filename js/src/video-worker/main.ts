/** Entry of `earshot-video-worker.js`: codecs behind ports, and both kinds of encoded transforms. */
import type { AttachCommand, PipeOptions } from '../protocol.js';
import type { DecoderReport, EncoderReport, ThreadedVideo, TranscoderReport, VideoWorkerCommand, VideoWorkerReport } from '../video-protocol.js';
import { CallDecoder, CallEncoder } from './call-codecs.js';
import { serveCodec } from './codec-port.js';
import { DecoderCodec } from './decoder-codec.js';
import { EncoderCodec } from './encoder-codec.js';
import type { FrameEncoderExports } from './frame-encoder.js';
import { VideoReceiverPipe } from './receiver-pipe.js';
import { VideoSenderPipe } from './sender-pipe.js';
import { TranscoderCodec } from './transcoder-codec.js';
import { openVideo } from './video-instance.js';

declare const self: DedicatedWorkerGlobalScope;

let supplyModule!: (module: WebAssembly.Module) => void;
const module = new Promise<WebAssembly.Module>((resolve) => (supplyModule = resolve));
let supplyH264!: (module: WebAssembly.Module) => void;
const h264 = new Promise<WebAssembly.Module>((resolve) => (supplyH264 = resolve));
let supplyThreaded!: (threaded: ThreadedVideo | null) => void;
const threaded = new Promise<ThreadedVideo | null>((resolve) => (supplyThreaded = resolve));
const modules = { vp8: module, h264 };

self.onmessage = ({ data }: MessageEvent<VideoWorkerCommand | AttachCommand>) => {
  switch (data.type) {
    case 'module':
      return supplyModule(data.module);
    case 'h264':
      return supplyH264(data.module);
    case 'threads':
      return supplyThreaded(data.threaded);
    case 'open':
      return open(data);
    case 'attach':
      return attach(data, data.readable, data.writable);
  }
};

// RTCRtpScriptTransform; the window transfers the streams of createEncodedStreams in a message instead.
self.onrtctransform = ({ transformer }) => {
  // Refused while the sender has not begun; the next request comes soon.
  const requestKeyFrame = () => void transformer.sendKeyFrameRequest().catch(() => {});
  attach(transformer.options as PipeOptions, transformer.readable, transformer.writable, requestKeyFrame);
};

function open({ codec, port, threads }: Extract<VideoWorkerCommand, { type: 'open' }>): void {
  const report = (message: EncoderReport | DecoderReport | TranscoderReport, transfer: Transferable[]) => port.postMessage(message, transfer);
  switch (codec) {
    case 'encoder':
      serveCodec(port, Promise.resolve(new EncoderCodec(modules, () => openVideo<FrameEncoderExports>(module, threaded, threads), report)));
      break;
    case 'decoder':
      serveCodec(port, Promise.resolve(new DecoderCodec(modules, report)));
      break;
    case 'transcoder':
      serveCodec(port, Promise.resolve(new TranscoderCodec(modules, report)));
  }
}

/** Runs one sender's or receiver's frames through a pipe of its own until its connection ends. */
function attach({ side, port }: PipeOptions, readable: ReadableStream, writable: WritableStream, requestKeyFrame?: () => void): void {
  let output!: TransformStreamDefaultController<RTCEncodedVideoFrame>;
  const emit = (frame: RTCEncodedVideoFrame) => {
    try {
      output.enqueue(frame);
    } catch {
      // The connection closed meanwhile.
    }
  };
  const report = (message: unknown) => port.postMessage(message);
  const pipe =
    side === 'sender'
      ? new VideoSenderPipe(emit, report, async () => new CallEncoder(await module))
      : new VideoReceiverPipe(emit, report, async () => new CallDecoder(await module), requestKeyFrame);
  port.onmessage = ({ data }) => pipe.onCommand(data);
  const transform = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
    start: (controller) => void (output = controller),
    transform: (frame) => pipe.onFrame(frame),
  });
  readable
    .pipeThrough(transform)
    .pipeTo(writable)
    .catch(() => {})
    .finally(() => pipe.close());
}

self.postMessage({ type: 'ready' } satisfies VideoWorkerReport);
