import { engine } from '../engine.js';
import type { DecoderCommand, DecoderReport } from '../video-protocol.js';
import { isChunk, type VideoChunk } from './chunk.js';
import { CodecSession, type CodecState } from './codec-session.js';
import { decoderObstacle, decodesH264, descriptionOf, readDecoderConfig } from './decoder-config.js';
import { isH264KeyFrame } from './h264-stream.js';
import type { PlainVideoFrame } from './video-encoder.js';

/** Of the header of a key frame, which begins with a clear bit, and its start code (RFC 6386 §9.1). */
const KEY_HEADER_BYTES = 10;
const START_CODE = [0x9d, 0x01, 0x2a];

export interface VideoDecoderCallbacks {
  /** A VideoFrame, the page's to close; a plain one where the browser has none. */
  output(frame: VideoFrame | PlainVideoFrame): void;
  error(error: DOMException): void;
}

/**
 * VP8 and H.264, shaped as `VideoDecoder` of WebCodecs, with decoders of our own in a worker of its own. Frames are I420. H.264 is
 * of the profiles Baseline, Main and High, progressive, without B slices.
 */
export class VideoDecoder extends EventTarget {
  readonly #callbacks: VideoDecoderCallbacks;
  readonly #session: CodecSession<DecoderCommand, DecoderReport>;
  #keyChunkRequired = true;
  /** Of the newest configuration. */
  #isKeyFrame = isVp8KeyFrame;
  #ondequeue: ((event: Event) => void) | null = null;

  constructor(callbacks: VideoDecoderCallbacks) {
    super();
    if (typeof callbacks?.output !== 'function' || typeof callbacks.error !== 'function') throw new TypeError('output and error have to be functions');
    this.#callbacks = { output: callbacks.output, error: callbacks.error };
    this.#session = new CodecSession(engine, 'decoder', {
      onReport: (report) => this.#onPicture(report),
      onError: (error) => this.#callbacks.error(error),
      onDequeue: () => this.dispatchEvent(new Event('dequeue')),
    });
  }

  /** Rejects with a TypeError where `configure()` would throw one. */
  static async isConfigSupported(config: VideoDecoderConfig): Promise<{ supported: boolean; config: VideoDecoderConfig }> {
    const known = readDecoderConfig(config);
    return { supported: decoderObstacle(known) === undefined, config: known };
  }

  get state(): CodecState {
    return this.#session.state;
  }

  /** Chunks that wait for the decoder; wait for `dequeue` while there are several. */
  get decodeQueueSize(): number {
    return this.#session.queueSize;
  }

  get ondequeue(): ((event: Event) => void) | null {
    return this.#ondequeue;
  }

  set ondequeue(listener: ((event: Event) => void) | null) {
    if (this.#ondequeue) this.removeEventListener('dequeue', this.#ondequeue);
    this.#ondequeue = typeof listener === 'function' ? listener : null;
    if (this.#ondequeue) this.addEventListener('dequeue', this.#ondequeue);
  }

  configure(config: VideoDecoderConfig): void {
    const known = readDecoderConfig(config);
    const { colorSpace, displayAspectWidth, displayAspectHeight } = known;
    const displayAspect = displayAspectWidth && displayAspectHeight ? displayAspectWidth / displayAspectHeight : null;
    const h264 = decodesH264(known);
    const description = descriptionOf(known);
    this.#session.configure(
      { type: 'configure', colorSpace: colorSpace ?? null, displayAspect, ...(h264 && { h264: { description: description ?? null } }) },
      [h264 ? 'h264' : 'video'],
      decoderObstacle(known),
    );
    this.#isKeyFrame = h264 ? (data) => isH264KeyFrame(data, description) : isVp8KeyFrame;
    this.#keyChunkRequired = true;
  }

  /** Frames come in the order of the chunks. After `configure()` and `flush()` the first has to be a key chunk. */
  decode(chunk: VideoChunk): void {
    if (!isChunk(chunk)) throw new TypeError('the chunk is no EncodedVideoChunk');
    this.#session.assertConfigured('decode');
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    if (this.#keyChunkRequired && !(chunk.type === 'key' && this.#isKeyFrame(data))) throw new DOMException('a key frame is required', 'DataError');
    this.#keyChunkRequired = false;
    this.#session.submit({ type: 'decode', data, timestamp: chunk.timestamp, duration: chunk.duration ?? null }, [data.buffer]);
  }

  /** Resolves when everything decoded so far was given out. */
  flush(): Promise<void> {
    if (this.state === 'configured') this.#keyChunkRequired = true;
    return this.#session.flush();
  }

  reset(): void {
    this.#session.reset();
  }

  /** Ends the worker too. */
  close(): void {
    this.#session.close();
  }

  #onPicture({ picture, timestamp, duration }: Extract<DecoderReport, { type: 'picture' }>): void {
    this.#callbacks.output('data' in picture ? { ...picture, timestamp, duration } : picture);
  }
}

function isVp8KeyFrame(data: Uint8Array): boolean {
  return data.length >= KEY_HEADER_BYTES && (data[0]! & 1) === 0 && START_CODE.every((byte, i) => data[3 + i] === byte);
}
