import { qualityLadder, type CameraFormat, type DegradationPreference, type Rung, type VideoContent } from './quality-ladder.js';

export interface AdaptationOptions {
  readonly camera: CameraFormat;
  readonly content: VideoContent;
  readonly degradationPreference: DegradationPreference;
}

/** How to encode from now on. */
export interface VideoDecision {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** bit/s, of the encoder's output. */
  readonly bitrate: number;
  /** Of the VP8 encoder, 1 … 16. */
  readonly speed: number;
}

/** Speeds of the encoder from the best pictures to the least work; beyond these the size has to give way. */
const SPEEDS = [4, 6, 8, 10, 12];

/** A rung is gone up to when there is this much more than it needs, for so long, ms: each change of size costs a key frame. */
const ROOM = 1.2;
const UP_AFTER = 4000;

/** Not before this time after a step down, ms. */
const UP_AFTER_DOWN = 10_000;

/** A rung is left when there is less than this of what it needs, for so long, ms, or at once when there is far less. */
const SHORT = 0.9;
const DOWN_AFTER = 1500;
const FAR_SHORT = 0.5;

/** Which size, frame rate and speed a bitrate and the processor allow; slow to change its mind. */
export class VideoAdaptation {
  #ladder: Rung[];
  #rung = 0;
  #started = false;
  #roomSince: number | undefined;
  #shortSince: number | undefined;
  #downAt = -Infinity;

  constructor(options: AdaptationOptions) {
    this.#ladder = qualityLadder(options.camera, options.content, options.degradationPreference);
  }

  /** The level of CpuOveruse that leaves nothing to save. */
  get mostCpuLevel(): number {
    return SPEEDS.length - 1 + this.#ladder.length - 1;
  }

  /** More bitrate than this is of no use to anything on the ladder, bit/s. */
  get mostBitrate(): number {
    return this.#ladder[0]!.mostBitrate;
  }

  /** Another camera, content or preference; begins at what the bitrate allows. */
  change(options: AdaptationOptions): void {
    this.#ladder = qualityLadder(options.camera, options.content, options.degradationPreference);
    this.#rung = 0;
    this.#roomSince = undefined;
    this.#shortSince = undefined;
    this.#downAt = -Infinity;
    this.#started = false;
  }

  /**
   * @param bitrate for the encoder, bit/s
   * @param sustained the same without what is held back for a moment: the size follows this
   * @param cpuLevel of CpuOveruse
   * @param time ms
   */
  decide(bitrate: number, sustained: number, cpuLevel: number, time: number): VideoDecision {
    if (this.#started) this.#follow(sustained, time);
    else this.#rung = this.#affordable(sustained, 1);
    this.#started = true;
    const speed = SPEEDS[Math.min(cpuLevel, SPEEDS.length - 1)]!;
    const cpuRung = Math.max(0, cpuLevel - (SPEEDS.length - 1));
    const { width, height, frameRate, mostBitrate } = this.#ladder[Math.min(this.#ladder.length - 1, Math.max(this.#rung, cpuRung))]!;
    return { width, height, frameRate, speed, bitrate: Math.min(bitrate, mostBitrate) };
  }

  #follow(bitrate: number, time: number): void {
    const need = this.#ladder[this.#rung]!.leastBitrate;
    const short = bitrate < SHORT * need;
    this.#shortSince = short ? (this.#shortSince ?? time) : undefined;
    if (short && (bitrate < FAR_SHORT * need || time - this.#shortSince! >= DOWN_AFTER)) this.#step(this.#affordable(bitrate, 1), time);
    const better = this.#affordable(bitrate, ROOM);
    this.#roomSince = better < this.#rung ? (this.#roomSince ?? time) : undefined;
    if (this.#roomSince !== undefined && time - this.#roomSince >= UP_AFTER && time - this.#downAt >= UP_AFTER_DOWN) this.#step(better, time);
  }

  #step(rung: number, time: number): void {
    if (rung > this.#rung) this.#downAt = time;
    this.#rung = rung;
    this.#roomSince = undefined;
    this.#shortSince = undefined;
  }

  /** The best rung that needs no more than the bitrate by a factor; the last if none. */
  #affordable(bitrate: number, factor: number): number {
    const rung = this.#ladder.findIndex(({ leastBitrate }) => factor * leastBitrate <= bitrate);
    return rung < 0 ? this.#ladder.length - 1 : rung;
  }
}
