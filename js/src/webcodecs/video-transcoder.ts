import { engine } from '../engine.js';
import type { DroppedFrame, TranscodedFrame, TranscoderCommand, TranscoderReport } from '../video-protocol.js';
import { isChunk, makeChunk, type VideoChunk } from './chunk.js';
import { CodecSession, type CodecState } from './codec-session.js';
import { h264CodecName } from './h264-stream.js';
import { codecOf, readTranscoderConfig, transcoderObstacle, transcoderSettings, type VideoTranscoderConfig } from './transcoder-config.js';

export type { VideoTranscoderConfig };

export interface VideoTranscoderMetadata {
  /** With key frames: for a decoder of what comes out. */
  decoderConfig?: VideoDecoderConfig;
}

export interface VideoTranscoderCallbacks {
  /** `chunk` is an EncodedVideoChunk, where the browser has them. */
  output(chunk: VideoChunk, metadata: VideoTranscoderMetadata): void;
  /** Nothing came out for a chunk. Ask its sender for a key frame where `needsKeyFrame` says so. */
  dropped?(frame: DroppedFrame): void;
  error(error: DOMException): void;
}

/**
 * Encoded frames of one codec to those of another, VP8 ⇄ H.264, shaped as the codecs of WebCodecs, in a worker of its own. Sizes and
 * timestamps stay (H.264 has even sizes: of odd ones the last column or row is left out), a key frame stays one.
 */
export class VideoTranscoder extends EventTarget {
  readonly #callbacks: VideoTranscoderCallbacks;
  readonly #session: CodecSession<TranscoderCommand, TranscoderReport>;
  #to = 'vp8';

  constructor(callbacks: VideoTranscoderCallbacks) {
    super();
    if (typeof callbacks?.output !== 'function' || typeof callbacks.error !== 'function') throw new TypeError('output and error have to be functions');
    const { output, error, dropped } = callbacks;
    this.#callbacks = { output, error, ...(dropped && { dropped }) };
    this.#session = new CodecSession(engine, 'transcoder', {
      onReport: (report) => (report.type === 'dropped' ? this.#callbacks.dropped?.(report) : this.#onFrame(report)),
      onError: (reason) => this.#callbacks.error(reason),
      onDequeue: () => this.dispatchEvent(new Event('dequeue')),
    });
  }

  /** Rejects with a TypeError where `configure()` would throw one. */
  static async isConfigSupported(config: VideoTranscoderConfig): Promise<{ supported: boolean; config: VideoTranscoderConfig }> {
    const known = readTranscoderConfig(config);
    return { supported: transcoderObstacle(known) === undefined, config: known };
  }

  get state(): CodecState {
    return this.#session.state;
  }

  /** Chunks that wait; wait for `dequeue` while there are several. */
  get transcodeQueueSize(): number {
    return this.#session.queueSize;
  }

  /** Once; for another one `reset()` first. */
  configure(config: VideoTranscoderConfig): void {
    const known = readTranscoderConfig(config);
    const obstacle = transcoderObstacle(known);
    this.#session.assertOpen('configure');
    if (this.state === 'configured') throw new DOMException('configure: the transcoder is configured; reset() it first', 'InvalidStateError');
    this.#to = known.to;
    this.#session.configure({ type: 'configure', settings: transcoderSettings(known) }, ['video', 'h264'], obstacle);
  }

  /** Chunks in the order of decoding, beginning with a key chunk. */
  transcode(chunk: VideoChunk): void {
    if (!isChunk(chunk)) throw new TypeError('the chunk is no EncodedVideoChunk');
    this.#session.assertConfigured('transcode');
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    this.#session.submit({ type: 'transcode', data, timestamp: chunk.timestamp, duration: chunk.duration ?? null, key: chunk.type === 'key' }, [data.buffer]);
  }

  /** What comes out next is a key frame: for a receiver that asks for one, which the sender need not hear of. */
  requestKeyFrame(): void {
    this.#session.assertConfigured('requestKeyFrame');
    this.#session.send({ type: 'keyFrame' });
  }

  /** bit/s, 1000 … 1,000,000,000, from the next chunk on; null: as the input has. */
  setBitrate(bitrate: number | null): void {
    if (bitrate !== null && !(bitrate >= 1000 && bitrate <= 1e9)) throw new TypeError(`a bitrate of ${bitrate} bit/s is not possible`);
    this.#session.assertConfigured('setBitrate');
    this.#session.send({ type: 'bitrate', bitrate });
  }

  /** Resolves when everything so far was given out. */
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

  #onFrame({ frame, duration }: Extract<TranscoderReport, { type: 'frame' }>): void {
    const { data, key, timestamp } = frame;
    this.#callbacks.output(makeChunk(key ? 'key' : 'delta', timestamp, duration, data), key ? { decoderConfig: this.#decoderConfig(frame) } : {});
  }

  #decoderConfig({ data, width, height, description }: TranscodedFrame): VideoDecoderConfig {
    const size = { codedWidth: width, codedHeight: height };
    if (codecOf(this.#to) === 'vp8') return { codec: 'vp8', ...size };
    return { codec: h264CodecName(data, description), ...size, ...(description && { description }) };
  }
}
