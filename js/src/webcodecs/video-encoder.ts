import { engine } from '../engine.js';
import type { EncoderCommand, EncoderReport, PixelFormat, PlainPicture } from '../video-protocol.js';
import { makeChunk, type VideoChunk } from './chunk.js';
import { CodecSession, type CodecState } from './codec-session.js';
import { encoderObstacle, encoderSettings, encodesH264, readEncoderConfig, temporalLayers, type EarshotVideoEncoderConfig } from './encoder-config.js';
import { h264CodecName } from './h264-stream.js';

/** A picture where there is no VideoFrame. */
export interface PlainVideoFrame {
  readonly format: PixelFormat;
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** Planes one after another, rows without padding; chroma of halved sides is rounded up. Copied by `encode()`. */
  readonly data: Uint8Array;
  /** µs */
  readonly timestamp: number;
  /** µs */
  readonly duration?: number | null;
  readonly colorSpace?: VideoColorSpaceInit;
}

export interface VideoEncoderMetadata {
  /** With key frames: for a decoder. */
  decoderConfig?: VideoDecoderConfig;
  /** Where a scalabilityMode was asked for. */
  svc?: { temporalLayerId: number };
  earshot: {
    /** No later frame refers to it. */
    discardable: boolean;
    /** 0 (best) … 127, of VP8. */
    quantizer?: number;
    /** ms */
    encodeTime: number;
  };
}

export interface VideoEncoderCallbacks {
  /** `chunk` is an EncodedVideoChunk, where the browser has them. */
  output(chunk: VideoChunk, metadata: VideoEncoderMetadata): void;
  error(error: DOMException): void;
}

/**
 * VP8 and H.264, shaped as `VideoEncoder` of WebCodecs, with encoders of our own in a worker of its own. With `latencyMode: 'realtime'`
 * pictures may be dropped to keep the bitrate of VP8: then there is no output for them. H.264 is of the profile Constrained Baseline, and
 * made only with `earshot: { acceptH264Patents: true }`; see there.
 */
export class VideoEncoder extends EventTarget {
  readonly #callbacks: VideoEncoderCallbacks;
  readonly #session: CodecSession<EncoderCommand, EncoderReport>;
  /** Whether a scalabilityMode was asked for. */
  #layers = false;
  #ondequeue: ((event: Event) => void) | null = null;

  constructor(callbacks: VideoEncoderCallbacks) {
    super();
    if (typeof callbacks?.output !== 'function' || typeof callbacks.error !== 'function') throw new TypeError('output and error have to be functions');
    this.#callbacks = { output: callbacks.output, error: callbacks.error };
    this.#session = new CodecSession(engine, 'encoder', {
      onReport: (report) => this.#onFrame(report),
      onError: (error) => this.#callbacks.error(error),
      onDequeue: () => this.dispatchEvent(new Event('dequeue')),
    });
  }

  /** Rejects with a TypeError where `configure()` would throw one. */
  static async isConfigSupported(config: EarshotVideoEncoderConfig): Promise<{ supported: boolean; config: EarshotVideoEncoderConfig }> {
    const known = readEncoderConfig(config);
    return { supported: encoderObstacle(known) === undefined, config: known };
  }

  get state(): CodecState {
    return this.#session.state;
  }

  /** Pictures that wait for the encoder; wait for `dequeue` while there are several. */
  get encodeQueueSize(): number {
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

  /** At first, and again in mid-stream: another size begins with a key frame, all else is taken up without one. */
  configure(config: EarshotVideoEncoderConfig): void {
    const known = readEncoderConfig(config);
    const obstacle = encoderObstacle(known);
    const settings = encoderSettings(known);
    const h264 = encodesH264(known);
    this.#session.configure(
      { type: 'configure', settings, ...(h264 && { h264: { avc: known.avc?.format !== 'annexb' } }) },
      h264 ? ['video', 'h264'] : ['video'],
      obstacle,
      h264 ? 1 : settings.threads,
    );
    this.#layers = temporalLayers(known) !== undefined;
  }

  /** Takes a clone: the frame is the caller's to close. */
  encode(frame: VideoFrame | PlainVideoFrame, options?: { keyFrame?: boolean }): void {
    const plain = !isVideoFrame(frame);
    if (plain && !isPlainFrame(frame)) throw new TypeError('the frame is neither a VideoFrame nor { format, codedWidth, codedHeight, data, timestamp }');
    this.#session.assertConfigured('encode');
    if (!plain && frame.codedWidth === 0) throw new TypeError('the frame is closed');
    const picture = plain ? copyOf(frame) : frame.clone();
    this.#session.submit(
      { type: 'encode', picture, timestamp: frame.timestamp, duration: frame.duration ?? null, keyFrame: Boolean(options?.keyFrame) },
      ['data' in picture ? picture.data.buffer : picture],
      'close' in picture ? () => picture.close() : undefined,
    );
  }

  /** Resolves when everything encoded so far was given out. */
  flush(): Promise<void> {
    return this.#session.flush();
  }

  reset(): void {
    this.#session.reset();
  }

  /** Ends the worker too. */
  close(): void {
    this.#session.close();
  }

  #onFrame({ frame, duration }: Extract<EncoderReport, { type: 'frame' }>): void {
    const { data, key, timestamp, temporalLayer, discardable, encodeTime } = frame;
    this.#callbacks.output(makeChunk(key ? 'key' : 'delta', timestamp, duration, data), {
      ...(key && { decoderConfig: decoderConfigOf(frame) }),
      ...(this.#layers && { svc: { temporalLayerId: temporalLayer } }),
      earshot: { discardable, encodeTime, ...('quantizer' in frame && { quantizer: frame.quantizer }) },
    });
  }
}

function decoderConfigOf(frame: Extract<EncoderReport, { type: 'frame' }>['frame']): VideoDecoderConfig {
  const { width: codedWidth, height: codedHeight, colorSpace } = frame;
  if (!('codec' in frame)) return { codec: 'vp8', codedWidth, codedHeight, colorSpace };
  const { data, description } = frame;
  return { codec: h264CodecName(data, description), codedWidth, codedHeight, colorSpace, ...(description && { description }) };
}

function isVideoFrame(frame: VideoFrame | PlainVideoFrame): frame is VideoFrame {
  return typeof VideoFrame !== 'undefined' && frame instanceof VideoFrame;
}

function isPlainFrame(frame: Partial<PlainVideoFrame> | null): boolean {
  return typeof frame === 'object' && frame?.data instanceof Uint8Array && typeof frame.format === 'string' && Number.isSafeInteger(frame.timestamp);
}

function copyOf({ format, codedWidth, codedHeight, data, colorSpace }: PlainVideoFrame): PlainPicture {
  return { format, codedWidth, codedHeight, data: new Uint8Array(data), ...(colorSpace && { colorSpace }) };
}
