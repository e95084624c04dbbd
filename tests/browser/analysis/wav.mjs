/** Minimal RIFF/WAVE reading and writing (16-bit PCM), for test material only. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Reads a 16-bit PCM file → `{ sampleRate, channels: Float64Array[] }`. */
export function readWav(path) {
  const bytes = readFileSync(path);
  if (bytes.toString('latin1', 0, 4) !== 'RIFF') throw new Error(`${path}: not a WAV file`);
  let format;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (id === 'fmt ') {
      format = {
        numChannels: bytes.readUInt16LE(at + 10),
        sampleRate: bytes.readUInt32LE(at + 12),
        bits: bytes.readUInt16LE(at + 22),
      };
    } else if (id === 'data') {
      if (format?.bits !== 16) throw new Error(`${path}: only 16-bit PCM is read`);
      const frames = Math.floor(size / (2 * format.numChannels));
      const channels = Array.from({ length: format.numChannels }, () => new Float64Array(frames));
      for (let i = 0; i < frames; ++i) {
        for (let c = 0; c < format.numChannels; ++c) {
          channels[c][i] = bytes.readInt16LE(at + 8 + 2 * (i * format.numChannels + c)) / 32768;
        }
      }
      return { sampleRate: format.sampleRate, channels };
    }
    at += 8 + size + (size & 1);
  }
  throw new Error(`${path}: no data chunk`);
}

/** One channel as little-endian 16-bit PCM, clipped to full scale. */
export function toPcm16(samples) {
  const pcm = Buffer.alloc(2 * samples.length);
  for (let i = 0; i < samples.length; ++i) {
    pcm.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768))), 2 * i);
  }
  return pcm;
}

/** Writes one channel as a 16-bit mono file. */
export function writeWav(path, samples, sampleRate) {
  const pcm = toPcm16(samples);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + pcm.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(2 * sampleRate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(pcm.length, 40);
  writeFileSync(path, Buffer.concat([header, pcm]));
}
