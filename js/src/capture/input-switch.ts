import { EarshotError } from '../errors.js';

/** Long enough to hide the step between two microphones, short enough not to be heard as an echo of one by the other, s. */
const SWITCH_SECONDS = 0.02;
/** A page sees the audio clock late, more so on a busy machine; a fade that began in the past would be a step. Time to spare, s. */
const LEAD_SECONDS = 0.2;
/** The same where somebody waits for the sound to come back, s. */
const SHORT_LEAD_SECONDS = 0.03;
/** An audio clock that has not got there after so long stands still, ms. */
const CLOCK_LIMIT = 1000;
/** Devices stutter while they start, on a busy machine up to a third of a second: a new input has to sound without a hole in so many looks. */
const STEADY_LOOKS = 20;
/** So many zeros in a row are a hole, not a sound; 0.7 ms at 48 kHz. */
const HOLE_SAMPLES = 32;
/** A new input that has not begun to sound steadily after so long is silent, not late: the switch goes ahead, ms. */
const START_LIMIT = 1000;
/** How often a new input is looked at while it starts, ms. */
const LOOK_INTERVAL = 20;

/**
 * The sound of one track after another. A new one is opened beside the old and faded over when it has begun to give sound,
 * because devices take their time to start; where a browser mutes a device, the sound comes back by a fade.
 */
export class InputSwitch {
  readonly output: GainNode;
  #current: Input;
  #opening: Input | undefined;

  /** Throws what the browser throws when `context` cannot take `track`. `onEnded`: the present track has ended. */
  constructor(
    private readonly context: AudioContext,
    track: MediaStreamTrack,
    private readonly onEnded: () => void,
  ) {
    this.#current = new Input(context, track);
    this.output = new GainNode(context, { channelCountMode: 'max' });
    this.#current.fade.connect(this.output);
    this.#current.use(onEnded);
  }

  get track(): MediaStreamTrack {
    return this.#current.track;
  }

  /** Resolves when `track` alone is heard. A later call overtakes one that still waits for its device. */
  async to(track: MediaStreamTrack): Promise<void> {
    const next = new Input(this.context, track);
    this.#opening?.close();
    this.#opening = next;
    next.fade.gain.value = 0;
    next.fade.connect(this.output);
    await next.sounding();
    if (this.#opening !== next) {
      throw new EarshotError('invalid-state', 'capture', 'setInput', 'Another setInput() or dispose() came before the microphone had started.');
    }
    this.#opening = undefined;
    const previous = this.#current;
    this.#current = next;
    const start = this.context.currentTime + LEAD_SECONDS;
    previous.leave(start);
    next.use(this.onEnded);
    next.fadeTo(1, start);
    await this.#passes(start + SWITCH_SECONDS);
    previous.close();
  }

  close(): void {
    this.#opening?.close();
    this.#opening = undefined;
    this.#current.close();
    this.output.disconnect();
  }

  /** Resolves when the audio clock has passed `time`. */
  async #passes(time: number): Promise<void> {
    for (let waited = 0; this.context.currentTime <= time && waited < CLOCK_LIMIT; waited += LOOK_INTERVAL) await sleep(LOOK_INTERVAL);
  }
}

/** One track in the graph. */
class Input {
  readonly fade: GainNode;
  readonly #source: MediaStreamAudioSourceNode;
  readonly #listening = new AbortController();
  #closed = false;

  constructor(
    context: AudioContext,
    readonly track: MediaStreamTrack,
  ) {
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.fade = new GainNode(context, { channelCountMode: 'max' });
    this.#source.connect(this.fade);
  }

  /** It is heard from now on, so what becomes of the device matters. */
  use(onEnded: () => void): void {
    const { signal } = this.#listening;
    this.track.addEventListener('ended', onEnded, { signal });
    this.track.addEventListener('mute', () => this.fadeTo(0, this.#soon()), { signal });
    this.track.addEventListener('unmute', () => this.fadeTo(1, this.#soon()), { signal });
  }

  /** It is not heard any more when the fade that begins at `start` has ended. */
  leave(start: number): void {
    this.#listening.abort();
    this.fadeTo(0, start);
  }

  /** Resolves when sound comes steadily, or will not come for now. */
  async sounding(): Promise<void> {
    const { context } = this.fade;
    const look = new AnalyserNode(context);
    this.#source.connect(look);
    const samples = new Float32Array(look.fftSize);
    let steady = 0;
    for (let waited = 0; waited < START_LIMIT && !this.#closed; waited += LOOK_INTERVAL) {
      look.getFloatTimeDomainData(samples);
      steady = hasHole(samples) ? 0 : steady + 1;
      if (steady === STEADY_LOOKS) break;
      await sleep(LOOK_INTERVAL);
    }
    if (!this.#closed) this.#source.disconnect(look);
  }

  /** `start`: of the context's clock, and far enough ahead that the rendering thread has not passed it. */
  fadeTo(gain: number, start: number): void {
    const param = this.fade.gain;
    param.cancelScheduledValues(this.fade.context.currentTime);
    param.setValueAtTime(param.value, start);
    param.linearRampToValueAtTime(gain, start + SWITCH_SECONDS);
  }

  #soon(): number {
    return this.fade.context.currentTime + SHORT_LEAD_SECONDS;
  }

  close(): void {
    this.#closed = true;
    this.#listening.abort();
    this.#source.disconnect();
    this.fade.disconnect();
  }
}

function hasHole(samples: Float32Array): boolean {
  let zeros = 0;
  return samples.some((sample) => (zeros = sample === 0 ? zeros + 1 : 0) === HOLE_SAMPLES);
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
