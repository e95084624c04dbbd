// Everything in the studio that moves: pictures, meters, numbers and curves.
import type { CaptureStats } from 'earshot';
import { element, fixed, range } from '../dom';
import { LiveView } from '../live-view';
import { TimePlot } from '../time-plot';
import type { StudioSession } from './session';

const pollMs = 100;
/** Loudness below which there is nothing to see. */
const quietLufs = -70;

export class StudioPanel {
  readonly #view = new LiveView();
  #plots?: { readonly loudness: TimePlot; readonly gain: TimePlot; readonly speech: TimePlot };

  start({ enhancer, monitor }: StudioSession): void {
    this.#plots ??= {
      loudness: new TimePlot(element('plot-loudness'), { title: 'Loudness (LUFS)', series: ['input', 'output', 'target'], bottom: quietLufs, top: 0 }),
      gain: new TimePlot(element('plot-gain'), { title: 'Gain (dB)', series: ['gain control', 'limiter', 'noise'], bottom: -40, top: 30 }),
      speech: new TimePlot(element('plot-speech'), { title: 'Speech', series: ['probability', 'decision'] }),
    };
    for (const plot of Object.values(this.#plots)) plot.clear();
    this.showState(enhancer.state);
    this.#view.start(monitor, pollMs, async (seconds) => this.#show(await enhancer.getStats(), seconds));
  }

  stop(): void {
    this.#view.stop();
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
