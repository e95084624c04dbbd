// What both pages show while sound flows: spectrograms and levels of both sides, drawn with the screen, and figures asked for by the clock.
import { element, showLevel } from './dom';
import type { Monitor } from './monitor';
import { poll } from './polling';
import { Spectrogram } from './spectrogram';

export class LiveView {
  readonly #before = new Spectrogram(element<HTMLCanvasElement>('spectrogram-before'));
  readonly #after = new Spectrogram(element<HTMLCanvasElement>('spectrogram-after'));
  #endPolling = () => {};
  #frame = 0;

  /** `ask` is called every `pollMs` with the seconds since the start, never while it is still busy. */
  start(monitor: Monitor, pollMs: number, ask: (seconds: number) => Promise<void>): void {
    this.stop();
    for (const picture of [this.#before, this.#after]) picture.clear();

    const draw = () => {
      this.#before.draw(monitor.beforeAnalyser);
      this.#after.draw(monitor.afterAnalyser);
      showLevel('level-before', monitor.level('before'));
      showLevel('level-after', monitor.level('after'));
      this.#frame = requestAnimationFrame(draw);
    };
    this.#frame = requestAnimationFrame(draw);

    this.#endPolling = poll(pollMs, ask);
  }

  stop(): void {
    this.#endPolling();
    cancelAnimationFrame(this.#frame);
  }
}
