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

/** `pieces` at another rate, aligned in time: the filter's delay is dropped and its end pushed out with silence. */
export function* convertRate(
  exports: ResamplerExports,
  pieces: Pieces,
  { inputRate, outputRate, numChannels, numFrames }: { inputRate: number; outputRate: number; numChannels: number; numFrames: number },
): Pieces {
  if (inputRate === outputRate) {
    yield* pieces;
    return;
  }
  const resampler = new Resampler(exports, { inputRate, outputRate, numChannels, maxFrames: PIECE_FRAMES });
  let drop = Math.round(resampler.delay);
  let left = convertedLength(numFrames, inputRate, outputRate);
  const silence = Array.from({ length: numChannels }, () => new Float32Array(1024));
  function* feed(piece: Float32Array[]): Pieces {
    for (let at = 0; at < piece[0]!.length; at += PIECE_FRAMES) {
      const converted = resampler.process(piece.map((channel) => channel.subarray(at, at + PIECE_FRAMES)));
      const from = Math.min(drop, converted[0]!.length);
      const to = Math.min(converted[0]!.length, from + left);
      drop -= from;
      left -= to - from;
      if (to > from) yield converted.map((channel) => channel.subarray(from, to));
    }
  }
  for (const piece of pieces) yield* feed(piece);
  while (left > 0) yield* feed(silence);
  resampler.dispose();
}
