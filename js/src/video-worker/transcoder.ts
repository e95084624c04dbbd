import type { DroppedFrame, DropReason, TranscodedFrame, TranscoderSettings } from '../video-protocol.js';
import { StatusCode } from '../wasm/abi.js';
import { RateFollower } from './rate-follower.js';
import { makeStreamDecoder, makeStreamEncoder, type StreamDecoder, type StreamEncoder, type StreamModules, type StreamRates } from './stream-codecs.js';

/** Without a bitrate, before the input's is known. */
const BITS_PER_PIXEL = 0.1;
const DEFAULT_FRAME_RATE = 30;
/** Rates that differ by less are left: every change takes the rate control a while. */
const TOLERANCE = 0.15;
/** Nor are they looked at more often, µs. */
const RATE_INTERVAL = 250_000;

const DROPS: Readonly<Record<number, DropReason>> = {
  [StatusCode.CorruptData]: 'damaged',
  [StatusCode.FailedPrecondition]: 'waiting',
  [StatusCode.Unsupported]: 'unsupported',
};

/**
 * Encoded frames of one codec to those of the other, of the same size and with the same timestamps. A key frame stays one. Frames
 * have to come in the order of decoding, and are shown in it.
 */
export class Transcoder {
  readonly #decoder: StreamDecoder;
  readonly #encoder: StreamEncoder;
  readonly #rates = new RateFollower();
  #width = 0;
  #height = 0;
  #applied: StreamRates = { bitrate: 0, frameRate: 0 };
  #lastChange = -Infinity;
  #keyFrameDue = false;
  #bitrate: number | null;

  /** Throws when a module is missing or a description damaged. */
  constructor(modules: StreamModules, settings: TranscoderSettings) {
    this.#bitrate = settings.bitrate;
    this.#decoder = makeStreamDecoder(settings.from, modules, settings.description ?? undefined);
    this.#encoder = makeStreamEncoder(settings.to, modules, settings.avc);
  }

  /** The next frame that comes out is a key frame: what a receiver asks for, and no sender has to be troubled with. */
  requestKeyFrame(): void {
    this.#keyFrameDue = true;
  }

  /** bit/s from the next frame on; null: as the input has. */
  setBitrate(bitrate: number | null): void {
    this.#bitrate = bitrate;
    this.#lastChange = -Infinity;
  }

  /**
   * Decodes and encodes one frame.
   * @param timestamp µs
   * @throws when the encoder cannot be made for a size, or failed
   */
  transcode(data: Uint8Array, { timestamp, key }: { readonly timestamp: number; readonly key: boolean }): TranscodedFrame | DroppedFrame {
    this.#rates.add(timestamp, data.length);
    // Until one goes out: the picture of this frame may be hidden.
    this.#keyFrameDue ||= key;
    const picture = this.#decoder.decode(data);
    if (typeof picture === 'number') return dropped(timestamp, DROPS[picture] ?? 'damaged', true);
    if (!picture) return dropped(timestamp, 'hidden', false);
    const { width, height, bytes } = picture;
    this.#adapt(width, height, timestamp);
    this.#encoder.input.set(bytes);
    const frame = this.#encoder.encode(this.#keyFrameDue, timestamp);
    if (frame.key) this.#keyFrameDue = false;
    return {
      type: 'frame',
      data: frame.bytes.slice() as Uint8Array<ArrayBuffer>,
      key: frame.key,
      timestamp,
      width: frame.width,
      height: frame.height,
      ...(frame.description && { description: frame.description.slice() as Uint8Array<ArrayBuffer> }),
    };
  }

  #adapt(width: number, height: number, timestamp: number): void {
    const resized = width !== this.#width || height !== this.#height;
    if (!resized && Math.abs(timestamp - this.#lastChange) < RATE_INTERVAL) return;
    const frameRate = this.#rates.frameRate ?? (this.#applied.frameRate || DEFAULT_FRAME_RATE);
    const bitrate = this.#bitrate ?? this.#rates.bitrate ?? (this.#applied.bitrate || BITS_PER_PIXEL * width * height * frameRate);
    const rates = { bitrate: Math.min(Math.max(bitrate, 1000), 1e9), frameRate: Math.min(Math.max(frameRate, 1), 1000) };
    this.#lastChange = timestamp;
    if (!resized && !differs(rates.bitrate, this.#applied.bitrate) && !differs(rates.frameRate, this.#applied.frameRate)) return;
    this.#encoder.configure(width, height, rates);
    this.#width = width;
    this.#height = height;
    this.#applied = rates;
  }
}

function dropped(timestamp: number, reason: DropReason, needsKeyFrame: boolean): DroppedFrame {
  return { type: 'dropped', timestamp, reason, needsKeyFrame };
}

function differs(now: number, before: number): boolean {
  return Math.abs(now - before) > TOLERANCE * before;
}
