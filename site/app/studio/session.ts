// The sound of the studio: one source through one capture chain.
import * as Earshot from 'earshot';
import { Monitor } from '../monitor';
import type { Source } from '../source';

/** What is played, enhanced and looked at, from start to stop. */
export class StudioSession {
  readonly monitor: Monitor;
  #source: Source;

  private constructor(
    readonly context: AudioContext,
    readonly enhancer: Earshot.Enhancer,
    source: Source,
  ) {
    this.#source = source;
    const after = new MediaStreamAudioSourceNode(context, { mediaStream: enhancer.stream });
    this.monitor = new Monitor(context, source.stream, after);
  }

  static async start(context: AudioContext, source: Source, options: Earshot.CaptureOptions): Promise<StudioSession> {
    return new StudioSession(context, await Earshot.enhance(source.stream, { ...options, audioContext: context }), source);
  }

  get source(): Source {
    return this.#source;
  }

  /** Goes over to another microphone; the enhanced track, and whatever hangs on it, stays. */
  async change(source: Source): Promise<void> {
    await this.enhancer.setInput(source.stream);
    this.#source.stop();
    this.#source = source;
    this.monitor.changeBefore(source.stream);
  }

  stop(): void {
    this.monitor.close();
    this.enhancer.dispose();
    this.#source.stop();
    void this.context.close();
  }
}
