/**
 * Places sounds in a stereo mix. Computed here and not in WebAssembly because every stream of a mix has an instance of its own:
 * copying their sounds into another one would cost as much as adding them up.
 */

/** Time constant of every change of gain or place: no click, and no wait. */
const GLIDE_SECONDS = 0.005;
/** −100 dB: a change that is this near its end is over. */
const ARRIVED = 1e-5;

/** What one channel of a sound gives to the left and to the right of the mix. */
interface Weights {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/**
 * Gain and equal-power panning as a GainNode and a StereoPannerNode have it (Web Audio API §1.31), gliding. Begins in silence,
 * so that a sound that joins fades in.
 */
export class Panner {
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  #weights: Weights;
  #silent = true;
  readonly #secondsPerFrame: number;

  /** @param numChannels of the sound, 1 or 2 */
  constructor(sampleRate: number, numChannels: number) {
    this.#left = new Float64Array(numChannels);
    this.#right = new Float64Array(numChannels);
    this.#weights = panWeights(0, 0, numChannels);
    this.#secondsPerFrame = 1 / sampleRate;
  }

  /** Whether it has faded out wholly. */
  get silent(): boolean {
    return this.#silent;
  }

  /** Glides there. `gain` ≥ 0; `pan`: −1 (left) … 1 (right). */
  place(gain: number, pan: number): void {
    this.#weights = panWeights(gain, pan, this.#left.length);
  }

  /** Adds `sound` to the two channels of `mix`, all of the same length. */
  add(sound: readonly Float32Array[], [left, right]: readonly Float32Array[]): void {
    const frames = left!.length;
    const approach = 1 - Math.exp((-frames * this.#secondsPerFrame) / GLIDE_SECONDS);
    this.#silent = true;
    for (let c = 0; c < sound.length; c++) {
      this.#glide(sound[c]!, left!, this.#left, c, this.#weights.left[c]!, approach);
      this.#glide(sound[c]!, right!, this.#right, c, this.#weights.right[c]!, approach);
    }
  }

  #glide(sound: Float32Array, mix: Float32Array, weights: Float64Array, c: number, target: number, approach: number): void {
    const from = weights[c]!;
    const next = from + (target - from) * approach;
    const to = Math.abs(next - target) < ARRIVED ? target : next;
    weights[c] = to;
    if (from === 0 && to === 0) return;
    this.#silent = false;
    const step = (to - from) / mix.length;
    let weight = from;
    for (let i = 0; i < mix.length; i++) {
      weight += step;
      mix[i] = mix[i]! + weight * sound[i]!;
    }
  }
}

function panWeights(gain: number, pan: number, numChannels: number): Weights {
  if (numChannels === 1) {
    const angle = ((pan + 1) * Math.PI) / 4;
    return { left: [gain * Math.cos(angle)], right: [gain * Math.sin(angle)] };
  }
  const angle = ((pan <= 0 ? pan + 1 : pan) * Math.PI) / 2;
  const [near, far] = [gain * Math.cos(angle), gain * Math.sin(angle)];
  return pan <= 0 ? { left: [gain, near], right: [0, far] } : { left: [near, 0], right: [far, gain] };
}
