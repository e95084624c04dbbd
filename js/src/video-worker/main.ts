/** Entry of `earshot-video-worker.js`. */
import type { DecoderReport, EncoderReport, VideoWorkerCommand, VideoWorkerReport } from '../video-protocol.js';
import { serveCodec } from './codec-port.js';
import { DecoderCodec } from './decoder-codec.js';
import { EncoderCodec } from './encoder-codec.js';

declare const self: DedicatedWorkerGlobalScope;

let supplyModule!: (module: WebAssembly.Module) => void;
const module = new Promise<WebAssembly.Module>((resolve) => (supplyModule = resolve));

self.onmessage = ({ data }: MessageEvent<VideoWorkerCommand>) => {
  switch (data.type) {
    case 'module':
      supplyModule(data.module);
      break;
    case 'open':
      open(data);
  }
};

function open({ codec, port }: Extract<VideoWorkerCommand, { type: 'open' }>): void {
  const report = (message: EncoderReport | DecoderReport, transfer: Transferable[]) => port.postMessage(message, transfer);
  if (codec === 'encoder') serveCodec(port, module.then((loaded) => new EncoderCodec(loaded, report)));
  else serveCodec(port, module.then((loaded) => new DecoderCodec(loaded, report)));
}

self.postMessage({ type: 'ready' } satisfies VideoWorkerReport);
