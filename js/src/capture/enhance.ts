import type { ContextLease } from '../engine.js';
import { EarshotError } from '../errors.js';
import type { CaptureSettings } from '../protocol.js';
import { isChannelCount } from '../validate.js';
import { registerEnhancedTrack } from './enhanced-track.js';
import type { CaptureEventMap } from './events.js';
import { InputSwitch } from './input-switch.js';
import { microphones } from './microphones.js';
import { captureSettings, defaultSettings, type CaptureOptions } from './options.js';
import { audioTrack, contextError, inContext, ProcessedStream } from './processed-stream.js';

export interface EnhanceOptions extends CaptureOptions {
  /** Where to process; default: the library's own 48 kHz context. Never closed by the library. */
  audioContext?: AudioContext;
  /** Channels of the enhanced track, 1 or 2; default: as the microphone has. Other microphones are mixed to it. */
  channelCount?: 1 | 2;
}

/** Events of an Enhancer. */
export interface EnhancerEventMap extends CaptureEventMap {
  /** Somebody begins to speak while the enhanced track is disabled. */
  speakingwhilemuted: Event;
  /** The microphone was unplugged or taken away: silence flows until `setInput()` gives another. */
  inputended: Event;
}

/**
 * Cleans up a microphone: `const { stream } = await enhance(microphone)`. Resolves at once; the sound passes dry until the
 * WebAssembly has loaded (`ready`) and after any fault. Rejects with an EarshotError only for an input without live audio or a
 * context that cannot take it.
 */
export async function enhance(input: MediaStream | MediaStreamTrack, options: EnhanceOptions = {}): Promise<Enhancer> {
  const { audioContext, channelCount, ...rest } = options;
  const settings = captureSettings(rest, defaultSettings('microphone'));
  const track = audioTrack(input, 'enhance');
  const channels = isChannelCount('capture', channelCount ?? (track.getSettings().channelCount === 2 ? 2 : 1));
  return inContext(audioContext, 'microphone', 'enhance', (lease) => new Enhancer(lease, input, track, channels, settings));
}

/**
 * An enhanced microphone. Fires `statechange`, `error`, `speechstart`, `speechend`, `voiceactivity`, `speakingwhilemuted` and
 * `inputended`.
 */
export class Enhancer extends ProcessedStream<EnhancerEventMap> {
  readonly #input: InputSwitch;
  #release: () => void;

  /** @internal */
  constructor(
    lease: ContextLease,
    input: MediaStream | MediaStreamTrack,
    track: MediaStreamTrack,
    channelCount: 1 | 2,
    settings: CaptureSettings,
  ) {
    const source = new InputSwitch(lease.context, track, () => this.dispatchEvent(new Event('inputended')));
    super(lease, source, input, channelCount, settings);
    this.#input = source;
    this.#release = microphones.hold(track);
    registerEnhancedTrack(this.track, this.insert.output);
    this.addEventListener('speechstart', () => {
      if (!this.track.enabled) this.dispatchEvent(new Event('speakingwhilemuted'));
    });
  }

  /** The microphone's track; as long as a new one is starting, the old. */
  get input(): MediaStreamTrack {
    return this.#input.track;
  }

  /** Changes any of the options. Throws an EarshotError for a value out of range. */
  update(options: CaptureOptions): void {
    this.apply(options);
  }

  /**
   * Changes the microphone. The enhanced track stays the same, and goes over without gap or click once the new microphone gives
   * sound; the promise resolves when that is done, and the old one may be stopped then. Rejects with an EarshotError when the
   * new one is not live audio or cannot be connected; the old one then stays.
   */
  async setInput(input: MediaStream | MediaStreamTrack): Promise<void> {
    if (this.state === 'closed') {
      throw new EarshotError('invalid-state', 'capture', 'setInput', 'This Enhancer is closed; enhance the new microphone.');
    }
    try {
      await this.#input.to(audioTrack(input, 'setInput'));
    } catch (error) {
      throw contextError(error, 'setInput');
    }
    this.#holdInput();
  }

  override dispose(): void {
    super.dispose();
    this.#release();
  }

  #holdInput(): void {
    this.#release();
    if (this.state !== 'closed') this.#release = microphones.hold(this.input);
  }
}
