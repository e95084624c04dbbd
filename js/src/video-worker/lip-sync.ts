import type { AudioClock } from '../protocol.js';

const AUDIO_TICKS = 48;
/** Of each new measurement in the mean. */
const WEIGHT = 0.1;
/** An audio clock older than this says nothing, ms. */
const MAX_AGE = 3000;

/**
 * When the sound of a picture is heard: the picture comes with the RTP timestamp of the sound captured with it, and the window tells which
 * timestamp is heard when.
 */
export class LipSync {
  #clock: AudioClock | null = null;
  /** Of the sound behind the fastest pictures, ms. */
  #delay: number | undefined;

  set clock(clock: AudioClock | null) {
    this.#clock = clock;
    if (!clock) this.#delay = undefined;
  }

  /** Sound delay behind the fastest pictures, ms, smoothed; undefined while it is not known. */
  get delay(): number | undefined {
    return this.#delay;
  }

  /** A picture whose fellows would come at `earliest` at best, ms. */
  observe(audioTimestamp: number | undefined, earliest: number, now: number): void {
    const heardAt = this.heardAt(audioTimestamp, now);
    if (heardAt === undefined) return;
    const delay = heardAt - earliest;
    this.#delay = this.#delay === undefined ? delay : this.#delay + WEIGHT * (delay - this.#delay);
  }

  /** When the sound of `audioTimestamp` is or was heard, ms. */
  heardAt(audioTimestamp: number | undefined, now: number): number | undefined {
    const clock = this.#clock;
    if (!clock || audioTimestamp === undefined || now - clock.time > MAX_AGE) return undefined;
    return clock.time + ((audioTimestamp - clock.rtpTimestamp) | 0) / AUDIO_TICKS;
  }
}
