// Raw 16-bit PCM as contestants take it.
import { readFileSync } from 'node:fs';

/** The samples of a raw 16-bit file, cut to whole blocks of `multiple`. */
export function readPcm16(file, multiple) {
  const bytes = readFileSync(file);
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return samples.subarray(0, samples.length - (samples.length % multiple));
}

export const toFloat = (samples) => Float32Array.from(samples, (sample) => sample / 32768);
