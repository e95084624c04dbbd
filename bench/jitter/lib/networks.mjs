// Networks made from a seed, of the kinds that are recorded in ../shared/data/traces but with parameters of their own: what was
// tuned on the recordings is judged on these as well. A trace is the one-way delay of every 20 ms packet in ms, null where lost.
const packetMs = 20;

/** Uniform numbers in [0, 1): mulberry32 (T. Ettinger, public domain). */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Dice {
  constructor(seed) {
    this.uniform = uniform(seed);
  }

  chance(probability) {
    return this.uniform() < probability;
  }

  between(low, high) {
    return low + (high - low) * this.uniform();
  }

  /** Exponentially distributed: the time to the next of events that know nothing of each other. */
  exponential(mean) {
    return -mean * Math.log(1 - this.uniform());
  }

  /** Gaussian (Box and Muller, 1958). */
  normal(deviation) {
    return deviation * Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}

/** Times [from, to) of events with `gap()` from the end of one to the start of the next and `length()` each. */
function* spells(endMs, gap, length) {
  for (let from = gap(); from < endMs;) {
    const to = from + length();
    yield [from, to];
    from = to + gap();
  }
}

/** Losses of a Gilbert channel (E. N. Gilbert, 1960): `share` of all packets, in bursts of `burst` packets on average. */
function gilbert(dice, share, burst) {
  const leave = 1 / burst;
  const enter = leave * share / (1 - share);
  let bad = false;
  return () => {
    bad = bad ? !dice.chance(leave) : dice.chance(enter);
    return bad;
  };
}

/** Every packet by itself: may overtake. */
function independent(count, delay, lost = () => false) {
  return Array.from({ length: count }, () => (lost() ? null : delay()));
}

/**
 * A link that keeps the order. `jitter()` is added to what it needs anyway; in a stall nothing gets through, and afterwards a
 * packet every `drainMs`; what would wait longer than `queueMs` is dropped.
 */
function link(count, { base, jitter, stalls = [], drainMs = 0.5, queueMs = Infinity, lost = () => false }) {
  let free = 0;
  let stall = 0;
  return Array.from({ length: count }, (_, i) => {
    const sent = i * packetMs;
    if (lost(sent)) return null;
    let out = Math.max(sent + base + jitter(), free);
    while (stall < stalls.length && stalls[stall][1] <= out) stall += 1;
    if (stall < stalls.length && out >= stalls[stall][0]) out = stalls[stall][1];
    if (out - sent > queueMs) return null;
    free = out + drainMs;
    return out - sent;
  });
}

/** A queue filled by others: each fill of `height()` ms takes `rise()` ms, after which the queue drains. Full, it drops. */
function sharedQueue(count, dice, { base, gap, rise, height, drain, limit }) {
  let level = 0;
  let filling = 0;
  let speed = 0;
  let next = gap();
  let last = 0;
  return Array.from({ length: count }, (_, i) => {
    const sent = i * packetMs;
    if (sent >= next) {
      filling = Math.max(packetMs, rise());
      speed = height() / filling;
      next = sent + filling + gap();
    }
    if (filling > 0) {
      level += speed * packetMs;
      filling -= packetMs;
    } else {
      level = Math.max(0, level - drain * packetMs);
    }
    if (level > limit) {
      level = limit;
      if (dice.chance(0.3)) return null;
    }
    last = Math.max(last, sent + base + level + dice.exponential(8));
    return last - sent;
  });
}

const kinds = {
  wired: (dice, n) => link(n, { base: dice.between(10, 40), jitter: () => dice.exponential(0.8) }),
  'wifi-quiet': (dice, n) => link(n, { base: 20, jitter: () => dice.exponential(4) + (dice.chance(0.01) ? dice.between(5, 25) : 0) }),
  'wifi-busy': (dice, n) => link(n, {
    base: 25, jitter: () => dice.exponential(14), lost: gilbert(dice, 0.012, 1.5),
    stalls: [...spells(n * packetMs, () => dice.exponential(1500), () => dice.exponential(60))] }),
  'wifi-roaming': (dice, n) => {
    const scans = [...spells(n * packetMs, () => 500 + dice.exponential(3500), () => dice.between(60, 450))];
    // The access point changes in every third scan: what was sent before its end is lost.
    const changes = scans.filter(() => dice.chance(0.33)).map(([from, to]) => [from + (to - from) * 0.3, to]);
    return link(n, { base: 28, jitter: () => dice.exponential(15), stalls: scans,
      lost: (sent) => changes.some(([from, to]) => sent >= from && sent < to) });
  },
  'bufferbloat-bursts': (dice, n) => sharedQueue(n, dice, {
    base: 30, gap: () => 1500 + dice.exponential(6500), rise: () => 0, height: () => dice.between(400, 1200), drain: 0.97, limit: 1300 }),
  'bufferbloat-sawtooth': (dice, n) => sharedQueue(n, dice, {
    base: 25, gap: () => dice.between(500, 4000), rise: () => dice.between(1000, 5000), height: () => dice.between(300, 900),
    drain: 0.6, limit: 1100 }),
  'cellular-lte': (dice, n) => link(n, {
    base: 20, jitter: () => dice.exponential(8), drainMs: 2, queueMs: 2500, lost: gilbert(dice, 0.01, 4),
    stalls: [...spells(n * packetMs, () => dice.exponential(4000), () => 40 + dice.exponential(dice.chance(0.15) ? 900 : 120))] }),
  'cellular-3g': (dice, n) => link(n, {
    base: 25, jitter: () => dice.exponential(12), drainMs: 8, queueMs: 4000, lost: gilbert(dice, 0.02, 10),
    stalls: [...spells(n * packetMs, () => dice.exponential(6000), () => 80 + dice.exponential(dice.chance(0.3) ? 1600 : 250))] }),
  'loss-random': (dice, n) => {
    const share = dice.between(0.02, 0.08);
    return independent(n, () => Math.max(10, 45 + dice.normal(9)), () => dice.chance(share));
  },
  'loss-burst': (dice, n) => {
    const lost = gilbert(dice, dice.between(0.1, 0.3), dice.between(2, 5));
    return link(n, { base: 45, jitter: () => dice.exponential(14), lost });
  },
  reorder: (dice, n) => independent(n, () => Math.max(15, 50 + dice.normal(14)) + (dice.chance(0.03) ? dice.between(40, 130) : 0),
    () => dice.chance(0.005)),
};

export const kindNames = Object.keys(kinds);

/** The trace of `kind` from `seed`: delays in ms, null for lost packets. */
export function makeTrace(kind, seed, seconds = 90) {
  const index = kindNames.indexOf(kind);
  return kinds[kind](new Dice(seed * kindNames.length + index + 1), Math.round(seconds * 1000 / packetMs));
}

/** As the replay programs read it. */
export function traceText(trace) {
  const lines = trace.map((delay) => (delay === null ? 'lost' : delay.toFixed(2)));
  return `# one-way delay in ms of each 20 ms packet, in the order of sending, or 'lost'\n${lines.join('\n')}\n`;
}
