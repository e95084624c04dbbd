// Sounds and WAV files for the tests, written apart from the code under test.
import { readFileSync, writeFileSync } from 'node:fs';

/** Writes one sample of each format at an offset; `tag` is the wFormatTag. */
const formats = {
  pcm16: { bytes: 2, tag: 1, put: (b, x, at) => b.writeInt16LE(clip(x, 2 ** 15), at), get: (b, at) => b.readInt16LE(at) / 2 ** 15 },
  pcm24: { bytes: 3, tag: 1, put: (b, x, at) => b.writeIntLE(clip(x, 2 ** 23), at, 3), get: (b, at) => b.readIntLE(at, 3) / 2 ** 23 },
  pcm32: { bytes: 4, tag: 1, put: (b, x, at) => b.writeInt32LE(clip(x, 2 ** 31), at), get: (b, at) => b.readInt32LE(at) / 2 ** 31 },
  float32: { bytes: 4, tag: 3, put: (b, x, at) => b.writeFloatLE(x, at), get: (b, at) => b.readFloatLE(at) },
  float64: { bytes: 8, tag: 3, put: (b, x, at) => b.writeDoubleLE(x, at), get: (b, at) => b.readDoubleLE(at) },
};
const clip = (x, scale) => Math.max(-scale, Math.min(scale - 1, Math.round(x * scale)));

/** A WAV file as bytes. `extensible`: with a WAVE_FORMAT_EXTENSIBLE fmt chunk, behind a LIST chunk of odd length. */
export function wavBytes(channels, sampleRate, { format = 'pcm16', extensible = false } = {}) {
  const { bytes, tag, put } = formats[format];
  const numChannels = channels.length;
  const data = Buffer.alloc(channels[0].length * numChannels * bytes);
  channels.forEach((channel, c) => channel.forEach((x, i) => put(data, x, (i * numChannels + c) * bytes)));
  const fmt = Buffer.alloc(extensible ? 40 : 16);
  fmt.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  fmt.writeUInt16LE(numChannels, 2);
  fmt.writeUInt32LE(sampleRate, 4);
  fmt.writeUInt32LE(sampleRate * numChannels * bytes, 8);
  fmt.writeUInt16LE(numChannels * bytes, 12);
  fmt.writeUInt16LE(bytes * 8, 14);
  if (extensible) {
    fmt.writeUInt16LE(22, 16);
    fmt.writeUInt16LE(bytes * 8, 18);
    fmt.writeUInt16LE(tag, 24);
    Buffer.from('000000001000800000aa00389b71', 'hex').copy(fmt, 26);
  }
  const chunk = (id, body) => {
    const head = Buffer.alloc(8);
    head.write(id);
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
  };
  const list = extensible ? chunk('LIST', Buffer.from('odd')) : Buffer.alloc(0);
  const body = Buffer.concat([Buffer.from('WAVE'), list, chunk('fmt ', fmt), chunk('data', data)]);
  return chunk('RIFF', body);
}

export function writeWav(path, channels, sampleRate, options) {
  writeFileSync(path, wavBytes(channels, sampleRate, options));
}

/** Reads a plain WAV file. */
export function readWav(path) {
  const file = readFileSync(path);
  let fmt;
  for (let at = 12; at < file.length; ) {
    const id = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + size);
    if (id === 'fmt ') fmt = body;
    if (id === 'data') {
      const [tag, numChannels, sampleRate, bits] = [fmt.readUInt16LE(0), fmt.readUInt16LE(2), fmt.readUInt32LE(4), fmt.readUInt16LE(14)];
      const [format, { bytes, get }] = Object.entries(formats).find(([, f]) => f.tag === tag && f.bytes * 8 === bits);
      const frames = size / (numChannels * bytes);
      const channels = Array.from({ length: numChannels }, (_, c) => Float64Array.from({ length: frames }, (_, i) => get(body, (i * numChannels + c) * bytes)));
      return { sampleRate, format, channels, fileBytes: file.length };
    }
    at += 8 + size + (size & 1);
  }
  throw new Error(`${path} has no data`);
}

/** A voice-like sound: harmonics of a gliding pitch in syllables with pauses between them. */
export function voice(sampleRate, seconds, level = 0.3) {
  const sound = new Float64Array(Math.round(sampleRate * seconds));
  const top = Math.min(3400, 0.42 * sampleRate);
  let phase = 0;
  for (let i = 0; i < sound.length; i++) {
    const t = i / sampleRate;
    const pitch = 140 + 25 * Math.sin(2 * Math.PI * 0.9 * t);
    phase += (2 * Math.PI * pitch) / sampleRate;
    const inSyllable = (t % 0.3) / 0.22;
    if (inSyllable > 1) continue;
    let sum = 0;
    for (let k = 1; k * pitch < top; k++) sum += Math.sin(k * phase) / (1 + ((k * pitch - 700) / 500) ** 2);
    sound[i] = level * 0.25 * Math.sin(Math.PI * inSyllable) ** 2 * sum;
  }
  return sound;
}

/** White noise from a fixed seed. */
export function noise(length, level) {
  let state = 12345;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (level * state) / 2 ** 31;
  });
}

export const energy = (x, from = 0, to = x.length) => {
  let sum = 0;
  for (let i = from; i < to; i++) sum += x[i] ** 2;
  return sum;
};

export const decibels = (ratio) => 10 * Math.log10(ratio);

/** Energy of `reference` over that of the difference, dB. */
export function snr(reference, sound) {
  return decibels(energy(reference) / energy(reference.map((x, i) => x - sound[i])));
}

/** Lag of `sound` behind `reference` at their largest cross-correlation, within ±limit samples. */
export function lag(reference, sound, limit) {
  let best = 0;
  let most = -Infinity;
  for (let k = -limit; k <= limit; k++) {
    let sum = 0;
    for (let i = limit; i < Math.min(reference.length, sound.length) - limit; i++) sum += reference[i] * sound[i + k];
    if (sum > most) [most, best] = [sum, k];
  }
  return best;
}
