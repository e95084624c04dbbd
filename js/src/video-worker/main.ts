/** Entry of `earshot-video-worker.js`. */
import type { DecoderReport, EncoderReport, TranscoderReport, VideoWorkerCommand, VideoWorkerReport } from '../video-protocol.js';
import { serveCodec } from './codec-port.js';
import { DecoderCodec } from './decoder-codec.js';
import { EncoderCodec } from './encoder-codec.js';
import { TranscoderCodec } from './transcoder-codec.js';

declare const self: DedicatedWorkerGlobalScope;

let supplyModule!: (module: WebAssembly.Module) => void;
const module = new Promise<WebAssembly.Module>((resolve) => (supplyModule = resolve));
let supplyH264!: (module: WebAssembly.Module) => void;
const h264 = new Promise<WebAssembly.Module>((resolve) => (supplyH264 = resolve));

self.onmessage = ({ data }: MessageEvent<VideoWorkerCommand>) => {
  switch (data.type) {
    case 'module':
      supplyModule(data.module);
      break;
    case 'h264':
      supplyH264(data.module);
      break;
    case 'open':
      open(data);
  }
};

function open({ codec, port }: Extract<VideoWorkerCommand, { type: 'open' }>): void {
  const report = (message: EncoderReport | DecoderReport | TranscoderReport, transfer: Transferable[]) => port.postMessage(message, transfer);
  switch (codec) {
    case 'encoder':
      serveCodec(port, module.then((loaded) => new EncoderCodec(loaded, report)));
      break;
    case 'decoder':
      serveCodec(port, module.then((loaded) => new DecoderCodec(loaded, report)));
      break;
    case 'transcoder':
      serveCodec(port, Promise.resolve(new TranscoderCodec({ vp8: module, h264 }, report)));
  }
}

self.postMessage({ type: 'ready' } satisfies VideoWorkerReport);
