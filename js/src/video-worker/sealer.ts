import type { AudioClock } from '../protocol.js';
import { withTrailer } from './frame-trailer.js';

/** RTP clocks per ms: of sound (Opus, RFC 7587) and of video. */
const AUDIO_TICKS = 48;
const VIDEO_TICKS = 90;

/** Gives the frames that leave their trailers: counts them, and says what each needs. */
export class Sealer {
  /** What sound is captured when; null when there is none to be in time with. */
  audioClock: AudioClock | null = null;
  #counter = 0;
  /** By temporal layer: counter of the newest frame that later ones may need. */
  #newest: (number | undefined)[] = [];

  /** `time`: when its picture came, ms since the epoch. */
  seal(frame: { data: Uint8Array; key: boolean; temporalLayer: number; discardable: boolean }, time: number): Uint8Array<ArrayBuffer> {
    const { key, temporalLayer } = frame;
    const counter = (this.#counter = (this.#counter + 1) & 0xffff);
    if (key) this.#newest = [];
    const needed = this.#newest.slice(0, temporalLayer + 1).filter((one) => one !== undefined);
    const dependency = needed.length > 0 ? Math.min(0xff, ...needed.map((one) => (counter - one) & 0xffff)) : 0;
    if (!frame.discardable) this.#newest[temporalLayer] = counter;
    // Bit operations take a number modulo 2^32 as it is.
    const captureTimestamp = Math.round(time * VIDEO_TICKS) >>> 0;
    return withTrailer(frame.data, { counter, dependency, temporalLayer, captureTimestamp, audioTimestamp: this.#audioTimestamp(time) });
  }

  #audioTimestamp(time: number): number | undefined {
    const clock = this.audioClock;
    return clock ? (clock.rtpTimestamp + Math.round((time - clock.time) * AUDIO_TICKS)) >>> 0 : undefined;
  }
}
