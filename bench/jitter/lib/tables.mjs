// The figures of a run as one table and as means.
const names = { neteq: 'NetEq', deep: 'deep', dred: 'deep, DRED' };
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value, digits = 3) => Number(value.toFixed(digits));

const measures = {
  measured_delay_ms: (figures) => figures.measured_delay?.mean_ms,
  concealed_pct: (figures) => figures.concealed_pct,
  longest_gap_ms: (figures) => figures.measured_delay?.longest_gap_ms,
  plcmos: (figures) => figures.plcmos,
};

/** Means of each system, and how often ours is the better one. */
export function summary(traces) {
  const all = Object.values(traces);
  const systems = Object.keys(all[0]);
  const means = Object.fromEntries(systems.map((system) => [system, Object.fromEntries(Object.entries(measures)
    .map(([name, of]) => [name, all.map((trace) => of(trace[system]))])
    .filter(([, values]) => values.every((value) => value !== undefined))
    .map(([name, values]) => [name, rounded(mean(values))]))]));
  if (!systems.includes('neteq')) return { traces: all.length, ...means };
  const pairs = (of) => all.map((trace) => [of(trace.earshot), of(trace.neteq)]).filter(([a, b]) => a !== undefined && b !== undefined);
  const ratios = pairs(measures.measured_delay_ms).map(([ours, theirs]) => ours / theirs);
  const sound = pairs(measures.plcmos);
  const delay = ratios.length === 0 ? {} : {
    delay_ratio: { of_means: rounded(means.earshot.measured_delay_ms / means.neteq.measured_delay_ms),
      geometric_mean: rounded(Math.exp(mean(ratios.map(Math.log)))), largest: rounded(Math.max(...ratios)) },
    traces_faster: ratios.filter((ratio) => ratio < 1).length,
  };
  return { traces: all.length, ...means, ...delay,
    traces_concealing_no_more: pairs(measures.concealed_pct).filter(([ours, theirs]) => ours <= theirs).length,
    ...(sound.length > 0 ? { traces_sounding_no_worse: sound.filter(([ours, theirs]) => ours >= theirs).length } : {}) };
}

/** Markdown: one line a network, the means last. */
export function table(traces) {
  const columns = [['delay, ms', measures.measured_delay_ms, 0], ['concealed, %', measures.concealed_pct, 2],
    ['longest gap, ms', measures.longest_gap_ms, 0], ['PLCMOS', measures.plcmos, 2]];
  const systems = Object.keys(Object.values(traces)[0]);
  const cell = (value, digits) => (value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits));
  const rows = [...Object.entries(traces).map(([name, trace]) => [name, (of) => systems.map((system) => of(trace[system]))]),
    ['**mean**', (of) => systems.map((system) => {
      const values = Object.values(traces).map((trace) => of(trace[system])).filter((value) => value !== undefined);
      return values.length > 0 ? mean(values) : undefined;
    })]];
  const header = ['network', ...columns.flatMap(([title, , ], i) => [title, ...systems.slice(1).map((system) => names[system]),
    ...(i === 0 && systems.includes('neteq') ? ['ratio'] : [])])];
  const lines = rows.map(([name, values]) => [name, ...columns.flatMap(([, of, digits], i) => {
    const figures = values(of);
    const ratio = i === 0 && systems.includes('neteq') ? [cell(figures[0] / figures[systems.indexOf('neteq')], 2)] : [];
    return [...figures.map((value) => cell(value, digits)), ...ratio];
  })]);
  return [header, header.map((_, i) => (i === 0 ? '---' : '--:')), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
