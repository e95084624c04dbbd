import type { ContextLease } from '../engine.js';
import type { CaptureSettings } from '../protocol.js';
import { RemoteSound } from '../remote-sound.js';
import { isChannelCount } from '../validate.js';
import { captureSettings, defaultSettings, type CaptureOptions, type GainControlOptions } from './options.js';
import { audioTrack, inContext, ProcessedStream } from './processed-stream.js';

/** How a participant is levelled. All of it can be changed at any time by `update()`, without a click. */
export interface LevelUpdate extends GainControlOptions {
  /** Keeps peaks below full scale; default true. */
  limiter?: boolean;
  /** Passes the sound as it comes, for comparison; default false. */
  bypass?: boolean;
}

export interface LevelOptions extends LevelUpdate {
  /** Where to process; default: the library's own context, at the device's rate. Never closed by the library. */
  audioContext?: AudioContext;
  /** 1 (default) or 2. */
  channelCount?: 1 | 2;
}

/**
 * Brings a remote participant to the loudness of all others: `audio.srcObject = (await level(stream)).stream`. Resolves at once;
 * the sound passes unchanged until the WebAssembly has loaded and after any fault. Rejects with an EarshotError only for an
 * input without live audio or a context that cannot take it.
 */
export async function level(input: MediaStream | MediaStreamTrack, options: LevelOptions = {}): Promise<Leveler> {
  const { audioContext, channelCount = 1, ...rest } = options;
  const settings = captureSettings(captureOptions(rest), defaultSettings('remote'));
  const channels = isChannelCount('capture', channelCount);
  const track = audioTrack(input, 'level');
  return inContext(audioContext, 'remote', 'level', (lease) => new Leveler(lease, input, track, channels, settings));
}

/**
 * A remote participant at an even loudness. Fires `statechange`, `error`, `speechstart`, `speechend` and `voiceactivity`. Closes
 * when the participant's track ends.
 */
export class Leveler extends ProcessedStream {
  readonly #input: MediaStreamTrack;

  /** @internal */
  constructor(
    lease: ContextLease,
    input: MediaStream | MediaStreamTrack,
    track: MediaStreamTrack,
    channelCount: 1 | 2,
    settings: CaptureSettings,
  ) {
    super(lease, new RemoteSound(lease.context, track), input, channelCount, settings);
    this.#input = track;
    track.addEventListener('ended', this.#onEnded);
  }

  /** Plays the sound at `destination`; default: the context's loudspeaker. */
  connect(destination: AudioNode = this.context.destination): void {
    this.insert.output.connect(destination);
  }

  /** Changes any of these options. Throws an EarshotError for a value out of range. */
  update(options: LevelUpdate): void {
    this.apply(captureOptions(options));
  }

  override dispose(): void {
    this.#input.removeEventListener('ended', this.#onEnded);
    super.dispose();
  }

  readonly #onEnded = () => this.dispose();
}

function captureOptions({ limiter, bypass, ...autoGainControl }: LevelUpdate): CaptureOptions {
  return { autoGainControl, limiter, bypass };
}
