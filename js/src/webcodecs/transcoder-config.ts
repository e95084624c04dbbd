import type { StreamCodec, TranscoderSettings } from '../video-protocol.js';
import { H264_DECODED, H264_ENCODED } from './h264-stream.js';
import { bytes, dictionary, flag, oneOf, present, required, text, unsigned } from './idl.js';

/** Shaped as the configurations of WebCodecs. */
export interface VideoTranscoderConfig {
  /** "vp8", or "avc1.PPCCLL" for H.264 without B slices, of the profiles Baseline, Main and High. */
  from: string;
  /** "vp8", or "avc1.42…": H.264 of the profile Constrained Baseline, of whatever level the pictures need. */
  to: string;
  /** bit/s, 1000 … 1,000,000,000; default: as the input has, over a second. */
  bitrate?: number;
  /** The AVCDecoderConfigurationRecord of H.264 that comes with lengths; without it it comes as Annex B, as in encoded transforms. */
  description?: AllowSharedBufferSource;
  /** How H.264 goes out; default "annexb", as encoded transforms have it. */
  avc?: { format?: 'annexb' | 'avc' };
  /**
   * Has to be true for H.264 to be made. H.264 is patented: whoever lets people encode it may need a licence. Cisco pays the fees
   * for the binaries of openh264 that Cisco itself distributes, which this WebAssembly is not.
   */
  acceptH264Patents?: boolean;
}

const MIN_BITRATE = 1000;
const MAX_BITRATE = 1e9;

/** The members that are known. Throws a TypeError for what is no configuration. */
export function readTranscoderConfig(value: unknown): VideoTranscoderConfig {
  const members = dictionary(value, 'the config');
  const config = {
    from: required(text(members, 'from'), 'from'),
    to: required(text(members, 'to'), 'to'),
    bitrate: unsigned(members, 'bitrate', Number.MAX_SAFE_INTEGER),
    description: bytes(members, 'description'),
    avc: members['avc'] === undefined ? undefined : { format: oneOf(dictionary(members['avc'], 'avc'), 'format', ['annexb', 'avc']) },
    acceptH264Patents: flag(members, 'acceptH264Patents'),
  };
  return present(config) as VideoTranscoderConfig;
}

/** Why there is no transcoder for a config, or undefined. */
export function transcoderObstacle({ from, to, bitrate, acceptH264Patents }: VideoTranscoderConfig): string | undefined {
  if (from !== 'vp8' && !H264_DECODED.test(from)) return `"${from}" is not decoded: "vp8" and "avc1.42…", "avc1.4d…", "avc1.64…" are`;
  if (to !== 'vp8' && !H264_ENCODED.test(to)) return `"${to}" is not made: "vp8" and "avc1.42…" are`;
  if (to !== 'vp8' && !acceptH264Patents) return 'H.264 is made only with acceptH264Patents: true; see its description';
  if (bitrate !== undefined && (bitrate < MIN_BITRATE || bitrate > MAX_BITRATE)) return `a bitrate of ${bitrate} bit/s is not possible: ${MIN_BITRATE} to ${MAX_BITRATE} are`;
  return undefined;
}

export function transcoderSettings({ from, to, bitrate, description, avc }: VideoTranscoderConfig): TranscoderSettings {
  return {
    from: codecOf(from),
    to: codecOf(to),
    bitrate: bitrate ?? null,
    description: (description as Uint8Array<ArrayBuffer> | undefined) ?? null,
    avc: avc?.format === 'avc',
  };
}

export const codecOf = (name: string): StreamCodec => (name === 'vp8' ? 'vp8' : 'h264');
