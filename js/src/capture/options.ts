import type { CapturePurpose, CaptureSettings, GainControlSettings } from '../protocol.js';
import { inRange, invalid, isBoolean } from '../validate.js';

/** Named strengths, a quarter of the range apart. */
export type NoiseSuppressionLevel = 'off' | 'low' | 'moderate' | 'high' | 'max';

/** A named strength, or 0 (off) … 1 (max); `true` is `'high'`, `false` is `'off'`. */
export type NoiseSuppression = boolean | NoiseSuppressionLevel | number;

/** How gain control levels a voice. What is left out stays as it is. */
export interface GainControlOptions {
  /** Loudness that speech is brought to, LUFS (EBU R128), −60 … −5; default −23. */
  targetLoudness?: number;
  /** Most it amplifies, dB, 0 … 60; default 30. */
  maxGain?: number;
  /** Where it starts, before anybody has spoken, dB, 0 … 40; default 8. */
  initialGain?: number;
  /** How fast it moves, dB/s, 0.5 … 20; default 6. */
  maxGainChange?: number;
  /** Kept free between the peaks of speech and full scale, dB, 0 … 20; default 3. */
  headroom?: number;
  /** No amplification lifts the background over this, dBFS, −80 … −20; default −50. */
  maxOutputNoise?: number;
}

/** What the capture chain does. All of it can be changed at any time by `update()`, without a click. */
export interface CaptureOptions {
  /** Default `'high'`. */
  noiseSuppression?: NoiseSuppression;
  /** Levels the voice; default true. An object switches it on and says how. */
  autoGainControl?: boolean | GainControlOptions;
  /** Keeps peaks below full scale; default true. */
  limiter?: boolean;
  /** Passes the dry sound, for comparison; default false. */
  bypass?: boolean;
}

const STRENGTH: Readonly<Record<NoiseSuppressionLevel, number>> = { off: 0, low: 0.25, moderate: 0.5, high: 0.75, max: 1 };

/** What the chain takes; it refuses anything else as a fault, so the page's mistake has to be told here. */
const GAIN_CONTROL_RANGES: Readonly<Record<keyof GainControlSettings, readonly [min: number, max: number]>> = {
  targetLoudness: [-60, -5],
  maxGain: [0, 60],
  initialGain: [0, 40],
  maxGainChange: [0.5, 20],
  headroom: [0, 20],
  maxOutputNoise: [-80, -20],
};

/** What a chain does unless told. */
export function defaultSettings(purpose: CapturePurpose): CaptureSettings {
  return {
    purpose,
    noiseSuppression: purpose === 'microphone' ? STRENGTH.high : STRENGTH.off,
    autoGainControl: true,
    gainControl: {},
    limiter: true,
    bypass: false,
  };
}

/** `current` with the given options replaced. Throws an EarshotError for a value out of range. */
export function captureSettings(options: CaptureOptions, current: CaptureSettings): CaptureSettings {
  const { noiseSuppression, autoGainControl } = options;
  const flag = (name: 'limiter' | 'bypass') =>
    options[name] === undefined ? current[name] : isBoolean('capture', name, options[name]);
  const gain = typeof autoGainControl === 'object' && autoGainControl !== null ? autoGainControl : undefined;
  return {
    purpose: current.purpose,
    noiseSuppression: noiseSuppression === undefined ? current.noiseSuppression : strength(noiseSuppression),
    autoGainControl:
      autoGainControl === undefined
        ? current.autoGainControl
        : gain !== undefined || isBoolean('capture', 'autoGainControl', autoGainControl),
    gainControl: gain ? { ...current.gainControl, ...gainControl(gain) } : current.gainControl,
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

/** The known options alone, checked. */
function gainControl(options: GainControlOptions): GainControlSettings {
  const settings: Record<string, number> = {};
  for (const [name, [min, max]] of Object.entries(GAIN_CONTROL_RANGES)) {
    const value = options[name as keyof GainControlOptions];
    if (value !== undefined) settings[name] = inRange('capture', `autoGainControl.${name}`, value, min, max);
  }
  return settings;
}
