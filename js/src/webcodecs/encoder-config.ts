import type { FrameEncoderSettings } from '../video-protocol.js';
import { MAX_H264_PIXELS, MAX_VP8_PIXELS } from '../wasm/abi.js';
import { H264_ENCODED } from './h264-stream.js';
import { dictionary, double, flag, oneOf, present, required, text, unsigned } from './idl.js';

/** What WebCodecs has no word for. H.264 takes `speed` and `maxKeyFrameInterval` of it. */
export interface VideoEncoderTuning {
  /** 1 (slow, good) … 16; default 6, with `latencyMode: 'quality'` 4. */
  speed?: number;
  /**
   * 1 … 64, of which 8 at most and fewer for small pictures are used; default 1. They are those of the first `configure()`, or the
   * first after a `reset()`. One where the page is not cross-origin isolated, or what threads need cannot be loaded.
   */
  threads?: number;
  /** Text stays sharp, and a new page comes late rather than large; default: as `contentHint` says. */
  screenContent?: boolean;
  /** 0 (off, default) … 6: noise is taken out of the pictures first. */
  noiseReduction?: number;
  /** 0 (best) … 63; default 2. */
  minQuantizer?: number;
  /** `minQuantizer` … 63; default 56. */
  maxQuantizer?: number;
  /** Longest distance of key frames, in frames; default 0: only the first and those asked for. */
  maxKeyFrameInterval?: number;
  /** A lost frame spoils fewer of the next; default: with temporal layers. */
  errorResilient?: boolean;
  /**
   * Has to be true for H.264 to be made. H.264 is patented: whoever lets people encode it may need a licence. Cisco pays the fees
   * for the binaries of openh264 that Cisco itself distributes, which this WebAssembly is not.
   */
  acceptH264Patents?: boolean;
}

/** As `VideoEncoderConfig` of WebCodecs, with what it has no word for in `earshot`. */
export interface EarshotVideoEncoderConfig extends VideoEncoderConfig {
  earshot?: VideoEncoderTuning;
}

const MAX_SAFE = Number.MAX_SAFE_INTEGER;
const MAX_SIDE = 16383;
const MIN_H264_SIDE = 16;
const MAX_FRAME_RATE = 1000;
const MAX_BITRATE = 1e9;
const DEFAULT_FRAME_RATE = 30;
/** Of the bitrate where none is given. */
const BITS_PER_PIXEL = 0.1;
/** Changes below this are no changes: on a screen there is no noise. */
const SCREEN_STATIC_THRESHOLD = 100;
const CAMERA_STATIC_THRESHOLD = 1;
const SCALABILITY_MODES = { L1T1: 1, L1T2: 2, L1T3: 3 } as const;

/** The members that are known, converted as a browser does. Throws a TypeError for a config WebCodecs calls invalid. */
export function readEncoderConfig(value: unknown): EarshotVideoEncoderConfig {
  const members = dictionary(value, 'the config');
  const config: EarshotVideoEncoderConfig = {
    codec: required(text(members, 'codec'), 'codec'),
    width: required(unsigned(members, 'width'), 'width'),
    height: required(unsigned(members, 'height'), 'height'),
    displayWidth: unsigned(members, 'displayWidth'),
    displayHeight: unsigned(members, 'displayHeight'),
    bitrate: unsigned(members, 'bitrate', MAX_SAFE),
    framerate: double(members, 'framerate'),
    hardwareAcceleration: oneOf(members, 'hardwareAcceleration', ['no-preference', 'prefer-hardware', 'prefer-software']),
    alpha: oneOf(members, 'alpha', ['discard', 'keep']),
    scalabilityMode: text(members, 'scalabilityMode'),
    bitrateMode: oneOf(members, 'bitrateMode', ['variable', 'constant', 'quantizer']),
    latencyMode: oneOf(members, 'latencyMode', ['quality', 'realtime']),
    contentHint: text(members, 'contentHint'),
    avc: members['avc'] === undefined ? undefined : { format: oneOf(dictionary(members['avc'], 'avc'), 'format', ['avc', 'annexb']) },
    earshot: members['earshot'] === undefined ? undefined : readTuning(members['earshot']),
  };
  const empty = (name: 'width' | 'height' | 'displayWidth' | 'displayHeight' | 'bitrate') => config[name] === 0;
  if (config.codec.trim() === '') throw new TypeError('codec is empty');
  for (const name of ['width', 'height', 'displayWidth', 'displayHeight', 'bitrate'] as const) {
    if (empty(name)) throw new TypeError(`${name} is 0`);
  }
  if (config.framerate !== undefined && config.framerate <= 0) throw new TypeError(`framerate is ${config.framerate}`);
  if ((config.displayWidth === undefined) !== (config.displayHeight === undefined)) {
    throw new TypeError('displayWidth and displayHeight belong together');
  }
  return present(config);
}

function readTuning(value: unknown): VideoEncoderTuning {
  const members = dictionary(value, 'earshot');
  const within = (name: keyof VideoEncoderTuning, min: number, max: number) => {
    const number = unsigned(members, name, max);
    if (number !== undefined && number < min) throw new TypeError(`earshot.${name} is ${number}, not ${min} … ${max}`);
    return number;
  };
  return present({
    speed: within('speed', 1, 16),
    threads: within('threads', 1, 64),
    screenContent: flag(members, 'screenContent'),
    noiseReduction: within('noiseReduction', 0, 6),
    minQuantizer: within('minQuantizer', 0, 63),
    maxQuantizer: within('maxQuantizer', 0, 63),
    maxKeyFrameInterval: within('maxKeyFrameInterval', 0, 1_000_000),
    errorResilient: flag(members, 'errorResilient'),
    acceptH264Patents: flag(members, 'acceptH264Patents'),
  });
}

/** Why there is no encoder for a config, or undefined. */
export function encoderObstacle(config: EarshotVideoEncoderConfig): string | undefined {
  const { alpha, bitrateMode, scalabilityMode } = config;
  const obstacle = encodesH264(config) ? h264Obstacle(config) : vp8Obstacle(config);
  if (obstacle !== undefined) return obstacle;
  if (alpha === 'keep') return 'frames have no alpha';
  if (bitrateMode === 'quantizer') return 'the bitrateMode "quantizer" is not provided';
  if (scalabilityMode !== undefined && !(scalabilityMode in SCALABILITY_MODES)) {
    return `the scalabilityMode "${scalabilityMode}" is not provided: ${Object.keys(SCALABILITY_MODES).join(', ')} are`;
  }
  if (minQuantizer(config) > maxQuantizer(config)) return 'minQuantizer is above maxQuantizer';
  return undefined;
}

export const encodesH264 = ({ codec }: EarshotVideoEncoderConfig) => H264_ENCODED.test(codec);

function vp8Obstacle({ codec, width, height }: EarshotVideoEncoderConfig): string | undefined {
  if (codec !== 'vp8') return `there is no encoder for "${codec}": "vp8" and "avc1.42…" are provided`;
  return sizeObstacle(width, height, MAX_VP8_PIXELS);
}

function h264Obstacle({ width, height, earshot }: EarshotVideoEncoderConfig): string | undefined {
  if (!earshot?.acceptH264Patents) return 'H.264 is made only with earshot: { acceptH264Patents: true }; see its description';
  // 4:2:0 is cropped in pairs (ITU-T H.264 §7.4.2.1.1).
  if (width % 2 !== 0 || height % 2 !== 0) return `H.264 frames have even sides, not ${width}×${height}`;
  if (width < MIN_H264_SIDE || height < MIN_H264_SIDE) return `${width}×${height} is too small: H.264 frames have ${MIN_H264_SIDE} pixels a side or more`;
  return sizeObstacle(width, height, MAX_H264_PIXELS);
}

function sizeObstacle(width: number, height: number, pixels: number): string | undefined {
  if (width <= MAX_SIDE && height <= MAX_SIDE && width * height <= pixels) return undefined;
  return `${width}×${height} is too large: ${MAX_SIDE} pixels a side, ${pixels} in all`;
}

/** Temporal layers, or undefined when none were asked for. */
export function temporalLayers({ scalabilityMode }: EarshotVideoEncoderConfig): 1 | 2 | 3 | undefined {
  return scalabilityMode === undefined ? undefined : SCALABILITY_MODES[scalabilityMode as keyof typeof SCALABILITY_MODES];
}

/** What the worker's encoder is to do. */
export function encoderSettings(config: EarshotVideoEncoderConfig): FrameEncoderSettings {
  const { width, height, framerate = DEFAULT_FRAME_RATE, latencyMode, contentHint, earshot: tuning = {} } = config;
  const realtime = latencyMode === 'realtime';
  const screen = tuning.screenContent ?? (contentHint === 'text' || contentHint === 'detail');
  return {
    width,
    height,
    frameRate: Math.min(framerate, MAX_FRAME_RATE),
    bitrate: Math.min(config.bitrate ?? width * height * framerate * BITS_PER_PIXEL, MAX_BITRATE),
    speed: tuning.speed ?? (realtime ? 6 : 4),
    threads: tuning.threads ?? 1,
    maxKeyFrameInterval: tuning.maxKeyFrameInterval ?? 0,
    minQuantizer: minQuantizer(config),
    maxQuantizer: maxQuantizer(config),
    temporalLayers: temporalLayers(config) ?? 1,
    screenContent: !screen ? 0 : realtime ? 2 : 1,
    noiseReduction: tuning.noiseReduction ?? 0,
    staticThreshold: screen ? SCREEN_STATIC_THRESHOLD : CAMERA_STATIC_THRESHOLD,
    tokenPartitions: 0,
    colors: 'source',
    errorResilient: tuning.errorResilient ?? false,
    allowDrops: realtime,
  };
}

const minQuantizer = ({ earshot }: EarshotVideoEncoderConfig) => earshot?.minQuantizer ?? 2;
const maxQuantizer = ({ earshot }: EarshotVideoEncoderConfig) => earshot?.maxQuantizer ?? 56;
