import type { CaptureSettings } from '../protocol.js';
import { inRange, invalid, isBoolean } from '../validate.js';

/** Named strengths, a quarter of the range apart. */
export type NoiseSuppressionLevel = 'off' | 'low' | 'moderate' | 'high' | 'max';

/** A named strength, or 0 (off) … 1 (max); `true` is `'high'`, `false` is `'off'`. */
export type NoiseSuppression = boolean | NoiseSuppressionLevel | number;

/** What the capture chain does. All of it can be changed at any time by `update()`, without a click. */
export interface CaptureOptions {
  /** Default `'high'`. */
  noiseSuppression?: NoiseSuppression;
  /** Levels the voice; default true. */
  autoGainControl?: boolean;
  /** Keeps peaks below full scale; default true. */
  limiter?: boolean;
  /** Passes the dry sound, for comparison; default false. */
  bypass?: boolean;
}

const STRENGTH: Readonly<Record<NoiseSuppressionLevel, number>> = { off: 0, low: 0.25, moderate: 0.5, high: 0.75, max: 1 };

export const DEFAULT_CAPTURE: CaptureSettings = {
  noiseSuppression: STRENGTH.high,
  autoGainControl: true,
  limiter: true,
  bypass: false,
};

/** `current` with the given options replaced. Throws an EarshotError for a value out of range. */
export function captureSettings(options: CaptureOptions, current: CaptureSettings = DEFAULT_CAPTURE): CaptureSettings {
  const flag = (name: 'autoGainControl' | 'limiter' | 'bypass') =>
    options[name] === undefined ? current[name] : isBoolean('capture', name, options[name]);
  return {
    noiseSuppression:
      options.noiseSuppression === undefined ? current.noiseSuppression : strength(options.noiseSuppression),
    autoGainControl: flag('autoGainControl'),
    limiter: flag('limiter'),
    bypass: flag('bypass'),
  };
}

function strength(value: NoiseSuppression): number {
  if (typeof value === 'boolean') return value ? STRENGTH.high : STRENGTH.off;
  if (typeof value === 'number') return inRange('capture', 'noiseSuppression', value, 0, 1);
  if (Object.hasOwn(STRENGTH, value)) return STRENGTH[value];
  throw invalid('capture', 'noiseSuppression', value, `true, false, 0 … 1 or one of ${Object.keys(STRENGTH).join(', ')}`);
}
