// Tables of Markdown, as the documents take them, and the targets that the figures are held against.

const columns = [
  ['SI-SDR dB', 'si_sdr_db', 1], ['STOI', 'stoi', 3], ['PESQ-WB', 'pesq', 2], ['SIG', 'sig', 2], ['BAK', 'bak', 2], ['OVRL', 'ovrl', 2],
];

export function markdown(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

const figure = (value, digits) => (value === undefined ? '' : value.toFixed(digits));
const difference = (value, digits) => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(digits);

/** One row a system: all mixtures. */
export function totals({ systems }) {
  const present = columns.filter(([, key]) => key in systems.noisy.all);
  return markdown(['', ...present.map(([title]) => title), 'core %', 'delay ms'], Object.entries(systems).map(([name, result]) =>
    [name, ...present.map(([, key, digits]) => figure(result.all[key], digits)), figure(result.core_percent, 2), figure(result.delay_ms, 1)]));
}

/** Differences to the noisy input, one row a group, one column a system: a weakness shows as a small or negative number. */
export function byGroup({ systems }, groups, key, digits) {
  const others = Object.keys(systems).filter((name) => name !== 'noisy');
  return markdown(['', 'noisy', ...others], Object.keys(systems.noisy[groups]).map((group) => {
    const before = systems.noisy[groups][group][key];
    return [group, figure(before, digits), ...others.map((name) => difference(systems[name][groups][group][key] - before, digits))];
  }));
}

/** Every figure by kind and by SNR. */
export function breakdown(result) {
  const present = columns.filter(([, key]) => key in result.systems.noisy.all);
  return present.flatMap(([title, key, digits]) => [
    `\n${title}, difference to the noisy input by kind of noise, then by SNR in dB:`,
    byGroup(result, 'kinds', key, digits), byGroup(result, 'snrs', key, digits)]).join('\n');
}

/** What "high" is to reach; a target whose figures were not measured is left out. */
export function suppressionTargets({ systems }) {
  const ours = systems['Earshot high']?.all;
  if (!ours) return [];
  const { noisy } = systems;
  const sig = systems['WebRTC NS high']?.all.sig;
  return [
    ['SI-SDR at least noisy + 3 dB', ours.si_sdr_db, noisy.all.si_sdr_db + 3],
    ['STOI not below noisy − .005', ours.stoi, noisy.all.stoi - 0.005],
    ['PESQ-WB at least 1.44', ours.pesq, 1.44],
    ['DNSMOS OVRL at least 2.30', ours.ovrl, 2.3],
    ['DNSMOS SIG not below WebRTC NS', ours.sig, sig],
  ].filter(([, value, target]) => value !== undefined && target !== undefined)
    .map(([title, value, target]) => ({ title, value, target: Math.round(target * 1000) / 1000, reached: value >= target }));
}

export const verdicts = (targets) => targets.map(({ title, value, target, reached, atMost }) =>
  `${reached ? '✓' : '✗'} ${title}: ${value} (${atMost ? 'at most' : 'at least'} ${target})`).join('\n');
