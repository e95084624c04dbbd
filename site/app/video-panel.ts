// What is seen of a call's picture: both ends, its numbers and its plots. Hidden while there is none.
import { element, fixed } from './dom';
import { poll } from './polling';
import { TimePlot } from './time-plot';
import type { VideoCall } from './video-call';
import { VideoMeter, type VideoFigures } from './video-meter';
import type { VideoSample } from './video-sample';

const pollMs = 500;

interface Plots {
  readonly bitrate: TimePlot;
  readonly frames: TimePlot;
  readonly delay: TimePlot;
}

export class VideoPanel {
  readonly #meter = new VideoMeter();
  readonly #sent = element<HTMLVideoElement>('video-sent');
  readonly #shown = element<HTMLVideoElement>('video-shown');
  #plots?: Plots;
  #endPolling = () => {};

  start(call: VideoCall, sent: MediaStream, shown: MediaStream): void {
    this.#endPolling();
    this.#reveal(true);
    play(this.#sent, sent);
    play(this.#shown, shown);
    this.#plots ??= createPlots();
    for (const plot of Object.values(this.#plots) as TimePlot[]) plot.clear();
    this.#meter.reset();
    this.#endPolling = poll(pollMs, async (seconds) => {
      const sample = await call.getStats();
      if (sample) this.#show(sample, this.#meter.measure(sample, seconds), seconds);
    });
  }

  /** Counts anew, of another codec. */
  restart(): void {
    this.#meter.reset();
  }

  stop(): void {
    this.#endPolling();
    this.#reveal(false);
    for (const video of [this.#sent, this.#shown]) video.srcObject = null;
  }

  #reveal(there: boolean): void {
    for (const id of ['video-pictures', 'video-numbers', 'video-plots']) element(id).hidden = !there;
  }

  #show({ sender, receiver }: VideoSample, figures: VideoFigures, seconds: number): void {
    const write = (id: string, text: string) => (element(id).textContent = text);
    const kbits = (bitrate: number) => fixed(bitrate / 1000, 0, 'kbit/s');
    const codec = (whose: 'ours' | 'native') => (whose === 'ours' ? 'Earshot' : 'browser');
    write('v-codec', sender.whose === receiver.whose ? codec(sender.whose) : `${codec(sender.whose)} → ${codec(receiver.whose)}`);
    write('v-size', size(sender));
    write('v-shown-size', size(receiver));
    write('v-sent-rate', fixed(figures.sentFrameRate, 0, 'fps'));
    write('v-shown-rate', fixed(figures.shownFrameRate, 0, 'fps'));
    write('v-encode', fixed(figures.encodeTime, 1, 'ms'));
    write('v-decode', fixed(figures.decodeTime, 1, 'ms'));
    write('v-target', kbits(figures.targetBitrate));
    write('v-bitrate', kbits(figures.sentBitrate));
    write('v-quantizer', fixed(figures.quantizer, 0, 'of 127'));
    write('v-queue', fixed(figures.queueDelay, 0, 'ms'));
    write('v-loss', fixed(100 * figures.loss, 1, '%'));
    write('v-freezes', Number.isFinite(figures.freezes) ? `${figures.freezes} (${fixed(figures.freezeTime, 1, 's')})` : '–');
    write('v-requests', fixed(figures.keyFrameRequests, 0, ''));
    write('v-delay', fixed(figures.receiverDelay, 0, 'ms'));
    write('v-sync', fixed(figures.syncOffset, 0, 'ms'));
    this.#plots!.bitrate.push(seconds, [figures.targetBitrate / 1000, figures.sentBitrate / 1000]);
    this.#plots!.frames.push(seconds, [figures.sentFrameRate, figures.shownFrameRate]);
    this.#plots!.delay.push(seconds, [figures.receiverDelay, figures.queueDelay]);
  }
}

const createPlots = (): Plots => ({
  bitrate: new TimePlot(element('plot-video-bitrate'), { title: 'Bitrate (kbit/s)', series: ['target', 'sent'], top: 100 }),
  frames: new TimePlot(element('plot-video-frames'), { title: 'Frames a second', series: ['sent', 'shown'], top: 35 }),
  delay: new TimePlot(element('plot-video-delay'), { title: 'Delay (ms)', series: ['at the receiver', 'queue on the way'], top: 50 }),
});

const size = ({ width, height }: { readonly width: number; readonly height: number }) => (width > 0 ? `${width} × ${height}` : '–');

function play(video: HTMLVideoElement, stream: MediaStream): void {
  video.srcObject = stream;
  void video.play().catch(() => {}); // another stream came meanwhile; without sound there is no other reason
}
