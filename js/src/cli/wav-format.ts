/** Sample formats of WAV files: how bytes become samples in [-1, 1) and back. */

export interface WavFormat {
  readonly sampleRate: number;
  readonly numChannels: number;
  readonly encoding: SampleEncoding;
}

export type SampleEncoding = keyof typeof codecs;

interface SampleCodec {
  readonly bytes: number;
  /** WAVE_FORMAT_PCM 1 or WAVE_FORMAT_IEEE_FLOAT 3. */
  readonly formatTag: 1 | 3;
  read(view: DataView, offset: number): number;
  write(view: DataView, offset: number, value: number): void;
}

/** To a signed integer of `bits`, rounded and clipped: 1.0 has no code of its own. */
function quantise(value: number, bits: number): number {
  const scale = 2 ** (bits - 1);
  return Math.max(-scale, Math.min(scale - 1, Math.round(value * scale)));
}

export const codecs = {
  pcm8: {
    bytes: 1,
    formatTag: 1,
    // The one unsigned format of WAV.
    read: (view, offset) => (view.getUint8(offset) - 128) / 128,
    write: (view, offset, value) => view.setUint8(offset, quantise(value, 8) + 128),
  },
  pcm16: {
    bytes: 2,
    formatTag: 1,
    read: (view, offset) => view.getInt16(offset, true) / 2 ** 15,
    write: (view, offset, value) => view.setInt16(offset, quantise(value, 16), true),
  },
  pcm24: {
    bytes: 3,
    formatTag: 1,
    read: (view, offset) => (view.getInt16(offset + 1, true) * 256 + view.getUint8(offset)) / 2 ** 23,
    write: (view, offset, value) => {
      const code = quantise(value, 24);
      view.setUint8(offset, code & 0xff);
      view.setInt16(offset + 1, code >> 8, true);
    },
  },
  pcm32: {
    bytes: 4,
    formatTag: 1,
    read: (view, offset) => view.getInt32(offset, true) / 2 ** 31,
    write: (view, offset, value) => view.setInt32(offset, quantise(value, 32), true),
  },
  float32: {
    bytes: 4,
    formatTag: 3,
    read: (view, offset) => view.getFloat32(offset, true),
    write: (view, offset, value) => view.setFloat32(offset, value, true),
  },
  float64: {
    bytes: 8,
    formatTag: 3,
    read: (view, offset) => view.getFloat64(offset, true),
    write: (view, offset, value) => view.setFloat64(offset, value, true),
  },
} satisfies Record<string, SampleCodec>;

/** The encoding a fmt chunk names, if it is one of ours. */
export function encodingOf(formatTag: number, bits: number): SampleEncoding | undefined {
  return (Object.keys(codecs) as SampleEncoding[]).find((name) => codecs[name].formatTag === formatTag && codecs[name].bytes * 8 === bits);
}
