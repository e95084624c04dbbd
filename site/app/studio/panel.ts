// Everything in the studio that moves: pictures, meters, numbers and curves.
import type { CaptureStats } from 'earshot';
import { element, fixed, range, showLevel } from '../dom';
import { Spectrogram } from '../spectrogram';
import { TimePlot } from '../time-plot';
import type { StudioSession } from './session';

const pollMs = 100;
/** Loudness below which there is nothing to see. */
const quietLufs = -70;

export class StudioPanel {
  readonly #before = new Spectrogram(element<HTMLCanvasElement>('spectrogram-before'));
  readonly #after = new Spectrogram(element<HTMLCanvasElement>('spectrogram-after'));
  #plots?: { readonly loudness: TimePlot; readonly gain: TimePlot; readonly speech: TimePlot };
  #timer = 0;
  #frame = 0;

  start({ enhancer, monitor }: StudioSession): void {
    this.stop();
    this.#plots ??= {
      loudness: new TimePlot(element('plot-loudness'), { title: 'Loudness (LUFS)', series: ['input', 'output', 'target'], bottom: quietLufs, top: 0 }),
      gain: new TimePlot(element('plot-gain'), { title: 'Gain (dB)', series: ['gain control', 'limiter', 'noise'], bottom: -40, top: 30 }),
      speech: new TimePlot(element('plot-speech'), { title: 'Speech', series: ['probability', 'decision'] }),
    };
    for (const plot of Object.values(this.#plots)) plot.clear();
    for (const picture of [this.#before, this.#after]) picture.clear();
    this.showState(enhancer.state);

    const draw = () => {
      this.#before.draw(monitor.beforeAnalyser);
      this.#after.draw(monitor.afterAnalyser);
      showLevel('level-before', monitor.level('before'));
      showLevel('level-after', monitor.level('after'));
      this.#frame = requestAnimationFrame(draw);
    };
    this.#frame = requestAnimationFrame(draw);

    const started = performance.now();
    let asking = false;
    this.#timer = window.setInterval(() => {
      if (asking) return; // a slow answer must not pile up questions
      asking = true;
      void enhancer
        .getStats()
        .then((stats) => this.#show(stats, (performance.now() - started) / 1000))
        .finally(() => (asking = false));
    }, pollMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.showState('stopped');
  }

  showState(state: string): void {
    element('n-state').textContent = state;
  }

  #show(stats: CaptureStats, seconds: number): void {
    const { speechProbability, speaking, inputLoudness, loudness, gain, limiterReduction, noiseAttenuation } = stats;
    element<HTMLMeterElement>('speech').value = speechProbability;
    element('speech-value').textContent = speaking ? 'speaking' : 'silent';
    const lufs = (value: number) => (value < quietLufs ? 'silent' : fixed(value, 1, 'LUFS'));
    element('n-input-loudness').textContent = lufs(inputLoudness);
    element('n-loudness').textContent = lufs(loudness);
    element('n-true-peak').textContent = stats.truePeak < -100 ? 'silent' : fixed(stats.truePeak, 1, 'dBTP');
    element('n-gain').textContent = fixed(gain, 1, 'dB');
    element('n-limiter').textContent = fixed(limiterReduction, 1, 'dB');
    element('n-attenuation').textContent = fixed(noiseAttenuation, 1, 'dB');
    element('n-delay').textContent = fixed(stats.latency * 1000, 2, 'ms');
    this.#plots!.loudness.push(seconds, [inputLoudness, loudness, range('target-loudness')].map((value) => Math.max(quietLufs, value)));
    this.#plots!.gain.push(seconds, [gain, -limiterReduction, -noiseAttenuation]);
    this.#plots!.speech.push(seconds, [speechProbability, Number(speaking)]);
  }
}
