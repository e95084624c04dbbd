/** Loss above what the way loses anyhow that counts as a sign: GCC's lower bound (draft-ietf-rmcat-gcc-02 §6). */
const LEAST_EXCESS = 0.02;

/** Standard deviations of a count of lost packets that are chance. */
const SIGMAS = 2.5;

/** Losses come in bursts, which says less than as many alone; each false alarm tells how much less. */
const FALSE_ALARM = 1.6;
const MOST_TOLERANCE = 5;

/** Packets a suspicion takes, at least; fewer say nothing of a few per cent. */
const LEAST_PACKETS = 60;

/** Reports a suspicion takes, each of them with loss: a full queue loses all the time, radio in bursts. */
const REPORTS = 3;

/** Share of loss that is suspect in two reports already. */
const HEAVY = 0.2;
const HEAVY_REPORTS = 2;

/** More is never taken for the nature of the way. */
const MOST_INHERENT = 0.1;

/** How fast the inherent loss follows a smaller or larger one, per report. */
const FALL = 0.1;
const RISE = 0.02;

/** Loss of a way that loses nothing: never quite none. */
const NO_LOSS = 0.005;

/** And never quite all. */
const MOST_SUSPECTED = 0.9;

/** Logarithm of the odds at which a trial is decided (Wald 1945): 50 to 1. */
const DECIDED = 4;

/** A trial that is not decided by then is by what is likelier, ms. */
const LONGEST_TRIAL = 8000;

/**
 * - `usual`: as much as the way loses anyhow;
 * - `suspect`: more, or a trial goes on;
 * - `congestion`: a trial has cured it;
 * - `worse`: a trial has not, and it is more than any way should lose;
 * - `random`: a trial has not, so it is the way.
 */
export type LossVerdict = 'usual' | 'suspect' | 'congestion' | 'worse' | 'random';

interface Count {
  readonly packets: number;
  readonly lost: number;
}

interface Trial {
  /** When it began, ms. */
  readonly from: number;
  readonly before: Count;
  readonly during: Count;
}

/**
 * Tells congestion from a way that loses packets at any rate (radio), by trial: the rate is lowered below what came through. Loss of a
 * full queue goes away then, loss by chance stays; the latter is remembered and expected from there on.
 */
export class LossMonitor {
  #inherent = 0;
  #tolerance = 1;
  #reports: Count[] = [];
  #trial: Trial | undefined;

  /** Share of packets lost at any rate, as far as is known. */
  get inherent(): number {
    return this.#inherent;
  }

  /** Of the last reports. */
  get fractionLost(): number {
    return share(sum(this.#reports));
  }

  /** The rate was just lowered because of a suspicion: reports of packets sent from `time` on will tell. */
  begin(time: number): void {
    this.#trial = { from: time, before: sum(this.#reports), during: { packets: 0, lost: 0 } };
  }

  /** What the reports said was of another rate: it is not compared with. */
  abandon(): void {
    this.#trial = undefined;
    this.#reports = [];
  }

  /**
   * @param fractionLost of the report
   * @param packets sent in its interval
   * @param about when the interval began, ms
   * @param time ms
   */
  observe(fractionLost: number, packets: number, about: number, time: number): LossVerdict {
    const count = { packets, lost: fractionLost * packets };
    if (this.#trial) return this.#try(this.#trial, about < this.#trial.from ? { packets: 0, lost: 0 } : count, time);
    this.#reports = [...this.#reports.slice(1 - REPORTS), count];
    return this.#judge();
  }

  /** Sequential test of two hypotheses: the loss is what it was before, or what the way loses anyhow. */
  #try(trial: Trial, count: Count, time: number): LossVerdict {
    const during = sum([trial.during, count]);
    const usual = Math.max(NO_LOSS, this.#inherent);
    const suspected = Math.min(MOST_SUSPECTED, Math.max(2 * usual, share(trial.before)));
    const odds = during.lost * Math.log(suspected / usual) + (during.packets - during.lost) * Math.log((1 - suspected) / (1 - usual));
    if (Math.abs(odds) < DECIDED * this.#tolerance && time - trial.from < LONGEST_TRIAL) {
      this.#trial = { ...trial, during };
      return 'suspect';
    }
    this.abandon();
    if (share(during) > MOST_INHERENT) {
      this.#reports = [during];
      return 'worse';
    }
    return odds < 0 ? this.#congestion() : this.#random(sum([trial.before, during]));
  }

  #congestion(): LossVerdict {
    this.#tolerance = 1;
    return 'congestion';
  }

  #random(count: Count): LossVerdict {
    this.#tolerance = Math.min(MOST_TOLERANCE, FALSE_ALARM * this.#tolerance);
    this.#inherent = Math.max(this.#inherent, share(count));
    return 'random';
  }

  #judge(): LossVerdict {
    const { packets } = sum(this.#reports);
    if (this.#isHeavy()) return 'suspect';
    if (packets < LEAST_PACKETS) return 'usual';
    const chance = Math.max(this.#inherent, 2 * NO_LOSS);
    const deviation = Math.sqrt((chance * (1 - chance)) / packets);
    const excess = this.fractionLost - this.#inherent;
    const persistent = this.#reports.length === REPORTS && this.#reports.every((count) => share(count) > this.#inherent + NO_LOSS);
    if (persistent && excess > this.#tolerance * Math.max(LEAST_EXCESS, SIGMAS * deviation)) return 'suspect';
    this.#inherent += (excess < 0 ? FALL : RISE) * excess;
    return 'usual';
  }

  #isHeavy(): boolean {
    const last = this.#reports.slice(-HEAVY_REPORTS);
    return last.length === HEAVY_REPORTS && last.every((count) => share(count) > HEAVY);
  }
}

function sum(counts: readonly Count[]): Count {
  return counts.reduce((total, { packets, lost }) => ({ packets: total.packets + packets, lost: total.lost + lost }), { packets: 0, lost: 0 });
}

function share({ packets, lost }: Count): number {
  return packets === 0 ? 0 : lost / packets;
}
