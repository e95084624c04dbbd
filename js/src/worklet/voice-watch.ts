import type { CaptureReport } from '../protocol.js';
import { CaptureStat } from '../wasm/abi.js';

/** The chain decides every 5.3 ms; events need no more than this, and a change that a look misses is counted. */
const LOOK_SECONDS = 0.01;
/** Between two `voice` reports. */
const REPORT_SECONDS = 0.1;

interface Watched {
  look(): Readonly<Float64Array>;
}

/** Tells of the chain's speech decisions: of every change, and of the probability while somebody wants it. */
export class VoiceWatch {
  watched = false;
  #sinceLook = 0;
  #sinceReport = 0;
  #changes = 0;

  constructor(
    private readonly sampleRate: number,
    private readonly report: (report: Extract<CaptureReport, { type: 'speech' | 'voice' }>) => void,
  ) {}

  /** To be called after every block. */
  look(chain: Watched, frames: number): void {
    this.#sinceLook += frames;
    if (this.#sinceLook < LOOK_SECONDS * this.sampleRate) return;
    this.#sinceReport += this.#sinceLook;
    this.#sinceLook = 0;
    const stats = chain.look();
    const active = stats[CaptureStat.VoiceActive] !== 0;
    const changes = stats[CaptureStat.VoiceChanges]!;
    if (changes !== this.#changes) {
      // Back where it was: what a look missed is told as well, so that starts and ends alternate.
      if ((changes - this.#changes) % 2 === 0) this.report({ type: 'speech', active: !active });
      this.report({ type: 'speech', active });
      this.#changes = changes;
    }
    if (!this.watched || this.#sinceReport < REPORT_SECONDS * this.sampleRate) return;
    this.#sinceReport = 0;
    this.report({ type: 'voice', probability: stats[CaptureStat.SpeechProbability]!, active });
  }
}
