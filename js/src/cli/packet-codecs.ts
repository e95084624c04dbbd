import { PlayoutCodec } from '../wasm/abi.js';
import { G711, type G711Exports } from '../wasm/g711.js';
import { instantiate } from '../wasm/loader.js';
import { OpusEncoder } from '../wasm/opus-encoder.js';
import { loadModule } from './modules.js';

export interface CodecOptions {
  /** In-band forward error correction of Opus. */
  readonly fec?: true;
  /** Deep redundancy of Opus, ms before each packet. */
  readonly dred: number;
  /** Of Opus; G.711 has 64 kbit/s. */
  readonly bitrate: number;
}

/** What replay sends. */
export interface Codec {
  readonly codec: PlayoutCodec;
  /** Of the sound and of the RTP timestamps, Hz. */
  readonly rate: number;
  /** As in RFC 3551 table 4, or one of those left to agreement. */
  readonly payloadType: number;
  /** An encoder of one packet of mono sound after the other; its result is valid until the next. */
  encoder(options: CodecOptions): (sound: Float32Array) => Uint8Array;
}

/** Longest packet encoded, samples: 120 ms of telephony. */
const MAX_G711_SAMPLES = 960;

export const CODECS = {
  opus: { codec: PlayoutCodec.Opus, rate: 48000, payloadType: 111, encoder: opusEncoder },
  pcmu: { codec: PlayoutCodec.Pcmu, rate: 8000, payloadType: 0, encoder: () => g711Encoder('ulaw') },
  pcma: { codec: PlayoutCodec.Pcma, rate: 8000, payloadType: 8, encoder: () => g711Encoder('alaw') },
} as const satisfies Record<string, Codec>;

export type CodecName = keyof typeof CODECS;

function opusEncoder({ fec, dred, bitrate }: CodecOptions): (sound: Float32Array) => Uint8Array {
  const encoder = OpusEncoder.create(loadModule(dred > 0 ? 'encoder-deep' : 'audio'), {
    application: 'voip',
    numChannels: 1,
    bitrate,
    complexity: 9,
    fec: fec ?? false,
    expectedLoss: fec || dred > 0 ? 0.2 : 0,
    dred,
    dtx: false,
    maxBandwidth: 'fullband',
  });
  return (sound) => {
    encoder.input.set(sound);
    return encoder.encode(sound.length);
  };
}

function g711Encoder(law: 'alaw' | 'ulaw'): (sound: Float32Array) => Uint8Array {
  const codec = new G711(instantiate<G711Exports>(loadModule('audio')), law, MAX_G711_SAMPLES);
  return (sound) => codec.encode(Int16Array.from(sound, (x) => Math.max(-32768, Math.min(32767, Math.round(32768 * x)))));
}
