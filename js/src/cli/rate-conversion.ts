import { Resampler, type ResamplerExports } from '../wasm/resampler.js';
import type { WavReader } from './wav-reader.js';

/** Sound handed on at a time, frames. */
const PIECE_FRAMES = 32768;

/** Planar sound in pieces of any length; a piece is valid until the next one is asked for. */
export type Pieces = Iterable<Float32Array[]>;

export function* wavPieces(wav: WavReader): Pieces {
  const piece = Array.from({ length: wav.numChannels }, () => new Float32Array(PIECE_FRAMES));
  for (let count; (count = wav.read(piece)) > 0; ) yield piece.map((channel) => channel.subarray(0, count));
}

/** Length of `numFrames` at another rate. */
export function convertedLength(numFrames: number, inputRate: number, outputRate: number): number {
  return Math.round((numFrames * outputRate) / inputRate);
}

export interface Conversion {
  readonly inputRate: number;
  readonly outputRate: number;
  readonly numChannels: number;
  /** Length of the result; silence follows the sound where it is longer. */
  readonly numFrames: number;
  /** How far the result may lag, in its samples: 0 when left out, which drops the delay of the filter; Infinity keeps it. */
  readonly lag?: number;
}

/** `pieces` at another rate; an equal rate only sets the length. */
export function* convertRate(exports: ResamplerExports, pieces: Pieces, conversion: Conversion): Pieces {
  const { inputRate, outputRate, numChannels, numFrames, lag = 0 } = conversion;
  const resampler = new Resampler(exports, { inputRate, outputRate, numChannels, maxFrames: PIECE_FRAMES });
  let drop = Math.max(0, Math.round(resampler.delay - lag));
  let left = numFrames;
  function* feed(piece: Float32Array[]): Pieces {
    for (let at = 0; at < piece[0]!.length && left > 0; at += PIECE_FRAMES) {
      const converted = resampler.process(piece.map((channel) => channel.subarray(at, at + PIECE_FRAMES)));
      const from = Math.min(drop, converted[0]!.length);
      const to = Math.min(converted[0]!.length, from + left);
      drop -= from;
      left -= to - from;
      if (to > from) yield converted.map((channel) => channel.subarray(from, to));
    }
  }
  for (const piece of pieces) yield* feed(piece);
  const silence = Array.from({ length: numChannels }, () => new Float32Array(1024));
  while (left > 0) yield* feed(silence);
  resampler.dispose();
}

/** How far the filter from one rate to another lags, in samples of the output. */
export function conversionDelay(exports: ResamplerExports, inputRate: number, outputRate: number): number {
  const resampler = new Resampler(exports, { inputRate, outputRate, numChannels: 1, maxFrames: 1 });
  const { delay } = resampler;
  resampler.dispose();
  return delay;
}

/** `pieces` without their first `frames`. */
export function* without(frames: number, pieces: Pieces): Pieces {
  let drop = frames;
  for (const piece of pieces) {
    const from = Math.min(drop, piece[0]!.length);
    drop -= from;
    if (from < piece[0]!.length) yield piece.map((channel) => channel.subarray(from));
  }
}
