/** What gives way first (RTCDegradationPreference of the WebRTC extensions). */
export type DegradationPreference = 'balanced' | 'maintain-framerate' | 'maintain-resolution';

/** Moving pictures, or text that has to be read. */
export type VideoContent = 'motion' | 'screen';

export interface CameraFormat {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
}

/** One choice of size and frame rate, and the bitrates for it, bit/s. */
export interface Rung extends CameraFormat {
  /** With less the next rung looks better. */
  readonly leastBitrate: number;
  /** More is not seen. */
  readonly mostBitrate: number;
}

/** Sides in parts of the camera's. */
const SCALES = [1, 3 / 4, 2 / 3, 1 / 2, 3 / 8, 1 / 4, 3 / 16, 1 / 8];

/** Frame rates in parts of the camera's. */
const FRAME_RATES = [1, 2 / 3, 1 / 2, 1 / 3, 1 / 6];

/** In turns: size down to a half, then both; small pictures are watched at fewer frames, as in libwebrtc's balanced mode. */
const BALANCED = [
  [1, 1], [3 / 4, 1], [2 / 3, 1], [1 / 2, 1], [1 / 2, 2 / 3], [3 / 8, 2 / 3], [3 / 8, 1 / 2], [1 / 4, 1 / 2], [1 / 4, 1 / 3], [3 / 16, 1 / 3], [1 / 8, 1 / 3],
] as const;

/** Not made smaller than this, pixels a side. */
const LEAST_SIDE = 90;

/** Not made slower than this, frames per second. */
const LEAST_FRAME_RATE = 5;

/**
 * Bits a pixel at 30 frames per second. libwebrtc's table for VP8 asks for 600 kbit/s at 1280×720, 350 at 960×540, 150 at 640×360, and
 * takes no more than 2500, 1200, 700: between 0.022 and 0.1, the small ones somewhat more.
 */
const LEAST_BITS_PER_PIXEL = 0.0215;
const MOST_BITS_PER_PIXEL = 0.095;

/** Of a screen nearly everything stays as it was, but what changes must be sharp. */
const SCREEN_BITS = 0.6;

/** Half the frames need more than half the bits: neighbours differ more. */
const FRAME_RATE_EXPONENT = 0.6;

/**
 * All that may be chosen for a camera, best first. Each rung asks for less than the one before.
 * @param camera the first rung is its own size, odd or even, and frame rate
 */
export function qualityLadder(camera: CameraFormat, content: VideoContent, preference: DegradationPreference): Rung[] {
  const steps = content === 'screen' ? slowerThenSmaller() : stepsOf(preference);
  const ladder: Rung[] = [];
  for (const [scale, rate] of steps) {
    const size = scaled(camera, scale);
    if (ladder.length > 0 && Math.min(size.width, size.height) < LEAST_SIDE && scale < 1) continue;
    const frameRate = Math.max(Math.min(LEAST_FRAME_RATE, camera.frameRate), camera.frameRate * rate);
    const pixels = size.width * size.height * 30 * (frameRate / 30) ** FRAME_RATE_EXPONENT * (content === 'screen' ? SCREEN_BITS : 1);
    const rung = { ...size, frameRate, leastBitrate: LEAST_BITS_PER_PIXEL * pixels, mostBitrate: MOST_BITS_PER_PIXEL * pixels };
    const last = ladder.at(-1);
    if (!last || rung.leastBitrate < last.leastBitrate) ladder.push(rung);
  }
  return ladder;
}

function stepsOf(preference: DegradationPreference): readonly (readonly [number, number])[] {
  switch (preference) {
    case 'balanced':
      return BALANCED;
    case 'maintain-framerate':
      return SCALES.map((scale) => [scale, 1] as const);
    case 'maintain-resolution':
      return FRAME_RATES.map((rate) => [1, rate] as const);
  }
}

/** What cannot be read any more is smaller in the end. */
function slowerThenSmaller(): readonly (readonly [number, number])[] {
  const slowest = FRAME_RATES.at(-1)!;
  return [...FRAME_RATES.map((rate) => [1, rate] as const), ...SCALES.slice(1, 4).map((scale) => [scale, slowest] as const)];
}

/** Even sides; the ratio is kept to the pixel that makes them even. */
function scaled({ width, height }: CameraFormat, scale: number): { width: number; height: number } {
  if (scale === 1) return { width, height };
  const even = (side: number) => Math.max(2, 2 * Math.round((side * scale) / 2));
  return { width: even(width), height: even(height) };
}
