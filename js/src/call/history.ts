import { HISTORY_COLUMNS } from '../protocol.js';

/** The jitter buffer at a moment of the past. */
export interface PlayoutMoment {
  /** Of the AudioContext (`currentTime`), seconds. */
  readonly time: number;
  /** Sound held in the buffer, ms. */
  readonly currentDelay: number;
  /** What the buffer aimed at, ms. */
  readonly targetDelay: number;
  /** Share of the sound since the moment before that was concealed, 0 … 1. */
  readonly concealed: number;
}

/** The rows of PlayoutHistory, named. */
export function playoutHistory(values: Float64Array): PlayoutMoment[] {
  return Array.from({ length: values.length / HISTORY_COLUMNS }, (_, row) => {
    const [time, currentDelay, targetDelay, concealed] = values.subarray(row * HISTORY_COLUMNS, (row + 1) * HISTORY_COLUMNS);
    return { time: time!, currentDelay: currentDelay!, targetDelay: targetDelay!, concealed: concealed! };
  });
}
