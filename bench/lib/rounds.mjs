// Fair comparison on a machine that does other things as well: contestants take turns within every round, so that each meets
// the same disturbances, and the median over the rounds is what counts.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs every task `rounds` times on every contestant and stops them.
 * @param {import('./contestant.mjs').Contestant[]} contestants
 * @param {string[]} tasks
 * @param {{rounds: number, warmUp: number}} options warmUp: passes before counting, for engines that compile in the background
 * @returns {Promise<Record<string, Record<string, {cpuMs: number, spread: number}>>>} task → contestant → median, and the
 *   distance of the quartiles relative to it
 */
export async function race(contestants, tasks, options) {
  try {
    return summarize(await collect(contestants, tasks, options));
  } finally {
    for (const contestant of contestants) contestant.stop();
  }
}

async function collect(contestants, tasks, { rounds, warmUp }) {
  const answers = {};
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const task of tasks) {
      // A rotating start spreads what the predecessor leaves in the caches.
      for (let turn = 0; turn < contestants.length; turn += 1) {
        const contestant = contestants[(turn + round + warmUp) % contestants.length];
        const answer = await contestant.run(task);
        if (round >= 0) ((answers[task] ??= {})[contestant.name] ??= []).push(answer);
      }
    }
  }
  return answers;
}

function summarize(answers) {
  return Object.fromEntries(Object.entries(answers).map(([task, byName]) => [task, Object.fromEntries(
    Object.entries(byName).map(([name, list]) => {
      const times = list.map(({ cpuMs }) => cpuMs).sort((a, b) => a - b);
      const cpuMs = median(times);
      const spread = (times[Math.floor(times.length * 0.75)] - times[Math.floor(times.length * 0.25)]) / cpuMs;
      return [name, { ...list.at(-1), cpuMs, spread }];
    }))]));
}
