import type { PipeOptions } from '../protocol.js';
import { instantiate } from '../wasm/loader.js';
import { Vp8Encoder, type Vp8EncoderExports } from '../wasm/vp8-encoder.js';
import { Vp8Decoder, type Vp8DecoderExports } from '../wasm/vp8-decoder.js';
import { VideoSenderPipe, type PictureEncoder, type PictureEncoderSettings } from './sender-pipe.js';
import { VideoReceiverPipe, type PictureDecoder } from './receiver-pipe.js';
declare const self: DedicatedWorkerGlobalScope;
let resolve!: (m: WebAssembly.Module) => void;
const module = new Promise<WebAssembly.Module>((r) => (resolve = r));
self.onmessage = ({ data }) => {
  if (data.type === 'module') resolve(data.module);
  else attach(data, data.readable, data.writable, undefined);
};
self.onrtctransform = ({ transformer }) => attach(transformer.options as PipeOptions, transformer.readable, transformer.writable, () => void transformer.sendKeyFrameRequest().catch(() => {}));
self.postMessage({ type: 'ready' });
class Enc implements PictureEncoder {
  #vp8: Vp8Encoder | undefined; #s!: PictureEncoderSettings; #size = '';
  constructor(private readonly e: Vp8EncoderExports) {}
  configure(s: PictureEncoderSettings) { this.#s = s; }
  async encode(picture: VideoFrame, { keyFrame }: { timestamp: number; keyFrame: boolean }) {
    const { displayWidth: width, displayHeight: height } = picture;
    const rgba = new Uint8Array(width * height * 4);
    await picture.copyTo(rgba, { format: 'RGBX' } as never);
    const t = performance.now();
    if (this.#size !== `${width}x${height}`) { this.#vp8?.dispose(); this.#vp8 = new Vp8Encoder(this.e, { width, height, frameRate: { num: 30, den: 1 }, bitrate: this.#s.bitrate / 1000, speed: 8, maxKeyFrameInterval: 100000 }); this.#size = `${width}x${height}`; }
    const input = this.#vp8!.input; const w2 = (width + 1) >> 1, h2 = (height + 1) >> 1;
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) { const i = 4 * (y * width + x); const r = rgba[i]!, g = rgba[i + 1]!, b = rgba[i + 2]!; input[y * width + x] = (66 * r + 129 * g + 25 * b + 4224) >> 8; if (!(x & 1) && !(y & 1)) { const c = (y >> 1) * w2 + (x >> 1); input[width * height + c] = (-38 * r - 74 * g + 112 * b + 32896) >> 8; input[width * height + w2 * h2 + c] = (112 * r - 94 * g - 18 * b + 32896) >> 8; } }
    const data = this.#vp8!.encode(keyFrame).slice();
    return { data, key: !(data[0]! & 1), temporalLayer: 0, discardable: false, quantizer: 0, encodeTime: performance.now() - t };
  }
  dispose() { this.#vp8?.dispose(); }
}
class Dec implements PictureDecoder {
  #vp8: Vp8Decoder;
  constructor(e: Vp8DecoderExports) { this.#vp8 = new Vp8Decoder(e); }
  decode(payload: Uint8Array, timestamp: number) {
    this.#vp8.reserve(payload.length).set(payload);
    const r = this.#vp8.decode(payload.length);
    if (r < 0) return 'corrupt' as const;
    if (r === 0) return undefined;
    const { width, height, bytes } = this.#vp8.picture;
    return new VideoFrame(bytes.slice(), { format: 'I420', codedWidth: width, codedHeight: height, timestamp });
  }
  dispose() { this.#vp8.dispose(); }
}
function attach({ side, port }: PipeOptions, readable: ReadableStream, writable: WritableStream, requestKey: (() => void) | undefined): void {
  let output!: TransformStreamDefaultController<RTCEncodedVideoFrame>;
  const emit = (frame: RTCEncodedVideoFrame) => { try { output.enqueue(frame); } catch { /* closed */ } };
  const report = (message: unknown) => port.postMessage(message);
  const pipe = side === 'sender' ? new VideoSenderPipe(emit, report, async () => new Enc(instantiate(await module))) : new VideoReceiverPipe(emit, report, async () => new Dec(instantiate(await module)), requestKey);
  port.onmessage = ({ data }) => pipe.onCommand(data);
  const transform = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({ start: (c) => void (output = c), transform: (frame) => pipe.onFrame(frame) });
  readable.pipeThrough(transform).pipeTo(writable).catch(() => {}).finally(() => pipe.close());
}
