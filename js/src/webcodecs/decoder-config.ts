import { H264_DECODED, isH264Description } from './h264-stream.js';
import { bytes, dictionary, flag, oneOf, present, required, text, unsigned } from './idl.js';

/** The members that are known, converted as a browser does. Throws a TypeError for a config WebCodecs calls invalid. */
export function readDecoderConfig(value: unknown): VideoDecoderConfig {
  const members = dictionary(value, 'the config');
  const config: VideoDecoderConfig = {
    codec: required(text(members, 'codec'), 'codec'),
    codedWidth: unsigned(members, 'codedWidth'),
    codedHeight: unsigned(members, 'codedHeight'),
    displayAspectWidth: unsigned(members, 'displayAspectWidth'),
    displayAspectHeight: unsigned(members, 'displayAspectHeight'),
    colorSpace: members['colorSpace'] === undefined ? undefined : readColorSpace(members['colorSpace']),
    hardwareAcceleration: oneOf(members, 'hardwareAcceleration', ['no-preference', 'prefer-hardware', 'prefer-software']),
    optimizeForLatency: flag(members, 'optimizeForLatency'),
    description: bytes(members, 'description'),
  };
  if (config.codec.trim() === '') throw new TypeError('codec is empty');
  for (const [width, height] of [['codedWidth', 'codedHeight'], ['displayAspectWidth', 'displayAspectHeight']] as const) {
    if (config[width] === 0 || config[height] === 0) throw new TypeError(`${width} or ${height} is 0`);
    if ((config[width] === undefined) !== (config[height] === undefined)) throw new TypeError(`${width} and ${height} belong together`);
  }
  return present(config);
}

/** Unknown names are left to VideoFrame, which refuses them. */
function readColorSpace(value: unknown): VideoColorSpaceInit {
  const { primaries, transfer, matrix, fullRange } = dictionary(value, 'colorSpace') as VideoColorSpaceInit;
  return present({ primaries, transfer, matrix, fullRange });
}

/** Why there is no decoder for a config, or undefined. */
export function decoderObstacle(config: VideoDecoderConfig): string | undefined {
  const { codec } = config;
  if (codec === 'vp8') return undefined;
  if (!H264_DECODED.test(codec)) return `there is no decoder for "${codec}": "vp8" and "avc1.42…", "avc1.4d…", "avc1.64…" are provided`;
  const description = descriptionOf(config);
  return description && !isH264Description(description) ? 'the description is no AVCDecoderConfigurationRecord' : undefined;
}

export const decodesH264 = ({ codec }: VideoDecoderConfig) => codec !== 'vp8';

/** As `readDecoderConfig` copied it. */
export const descriptionOf = ({ description }: VideoDecoderConfig) => description as Uint8Array<ArrayBuffer> | undefined;
