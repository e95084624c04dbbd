import type { PlayedCodec } from '../protocol.js';
import { opusSamples, opusSilence } from './opus-packet.js';

/** What can be told, and made, of a codec's payloads without decoding them. Samples are per channel at the RTP clock. */
export interface PayloadFormat {
  /** Of a packet of 20 ms, the usual length. */
  readonly usualSamples: number;
  /** Duration of a packet, 0 if it is none. */
  samples(payload: Uint8Array): number;
  /** A packet of as much silence, or undefined if there is none of that duration. */
  silence(payload: Uint8Array): Uint8Array<ArrayBuffer> | undefined;
}

/** One byte a sample (RFC 3551 §4.5.14). */
const g711 = (silence: number): PayloadFormat => ({
  usualSamples: 160,
  samples: ({ length }) => length,
  silence: ({ length }) => (length > 0 ? new Uint8Array(length).fill(silence) : undefined),
});

export const FORMATS: Readonly<Record<PlayedCodec, PayloadFormat>> = {
  opus: { usualSamples: 960, samples: opusSamples, silence: (payload) => opusSilence(opusSamples(payload)) },
  // The codes of zero: with the even bits of A-law turned over, and all of µ-law (ITU-T G.711 tables 1a and 2a).
  pcma: g711(0xd5),
  pcmu: g711(0xff),
};
