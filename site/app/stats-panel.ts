// Everything on the page that moves while a call is up: pictures, meters, numbers and plots.
import { element, fixed } from './dom';
import { LiveView } from './live-view';
import type { CallStats, LoopbackCall } from './loopback-call';
import type { Monitor } from './monitor';
import { TimePlot } from './time-plot';

const pollMs = 500;

const percent = (part: number, whole: number) => (whole > 0 ? (100 * part) / whole : 0);

/** What a plot of rates needs: the counters of the poll before. */
interface Counters {
  readonly received: number;
  readonly lost: number;
  readonly concealed: number;
  readonly played: number;
}

export class StatsPanel {
  readonly #view = new LiveView();
  #delayPlot?: TimePlot;
  #lossPlot?: TimePlot;

  start(call: LoopbackCall, monitor: Monitor): void {
    this.#delayPlot ??= new TimePlot(element('plot-delay'), { title: 'Delay in the jitter buffer (ms)', series: ['delay', 'target'], top: 10 });
    this.#lossPlot ??= new TimePlot(element('plot-loss'), { title: 'Network loss and concealed sound (%)', series: ['lost', 'concealed'], top: 10 });
    for (const plot of [this.#delayPlot, this.#lossPlot]) plot.clear();
    this.showStates(call.states);
    let last: Counters | undefined;
    this.#view.start(monitor, pollMs, async (seconds) => {
      const stats = await call.getStats();
      if (stats) last = this.#show(stats, seconds, last);
    });
  }

  stop(): void {
    this.#view.stop();
    element('n-state').textContent = 'no call';
  }

  /** The states of capture, encoder and playout. */
  showStates(states: readonly string[]): void {
    const same = new Set(states).size === 1;
    element('n-state').textContent = same ? states[0]! : ['capture', 'encoder', 'playout'].map((name, i) => `${name} ${states[i]}`).join(', ');
  }

  #show({ capture, sender, playout, history }: CallStats, seconds: number, last: Counters | undefined): Counters {
    element<HTMLMeterElement>('speech').value = capture.speechProbability;
    element('speech-value').textContent = fixed(capture.speechProbability * 100, 0, '%');
    element('n-gain').textContent = fixed(capture.gain, 1, 'dB');
    element('n-attenuation').textContent = fixed(capture.noiseAttenuation, 1, 'dB');
    element('n-capture-delay').textContent = fixed(capture.latency * 1000, 1, 'ms');
    element('n-delay').textContent = fixed(playout.currentDelay, 0, 'ms');
    element('n-target').textContent = fixed(playout.targetDelay, 0, 'ms');
    const now = {
      received: playout.packetsReceived,
      lost: playout.packetsLost,
      concealed: playout.concealedSamples,
      played: playout.totalSamplesReceived,
    };
    element('n-lost').textContent = `${now.lost} (${percent(now.lost, now.received + now.lost).toFixed(1)} %)`;
    element('n-fec').textContent = String(playout.packetsRecovered);
    element('n-concealed').textContent = fixed(percent(now.concealed, now.played), 2, '%');
    element('n-bitrate').textContent = fixed(sender.bitrate / 1000, 1, 'kbit/s');
    // The history is on the clock of the sound, of which this is the latest moment.
    const start = (history.at(-1)?.time ?? 0) - seconds;
    this.#delayPlot!.show(history.map(({ time, currentDelay, targetDelay }) => [time - start, currentDelay, targetDelay]));
    if (last) {
      const packets = now.received - last.received + (now.lost - last.lost);
      this.#lossPlot!.push(seconds, [percent(now.lost - last.lost, packets), percent(now.concealed - last.concealed, now.played - last.played)]);
    }
    return now;
  }
}
