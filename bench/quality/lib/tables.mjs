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

/** Gain control, one column a system. */
export function levelling({ systems }) {
  const names = Object.keys(systems);
  const row = (title, of) => [title, ...names.map((name) => of(systems[name]) ?? '')];
  const inputs = Object.keys(systems[names[0]].loudness_by_input_lufs);
  const noises = Object.keys(systems[names[0]].noise_raised_db);
  const largestRaise = (system) => Math.max(...Object.values(system.noise_raised_db));
  return markdown(['', ...names], [
    row('target, LUFS (of WebRTC: its own median)', (s) => s.target_lufs),
    ...inputs.map((input) => row(`loudness of speech at ${input}, LUFS`, (s) => s.loudness_by_input_lufs[input])),
    row('error at −40 … −10 dBFS, LU: mean · largest', (s) => `${s.loudness_error_lu.mean} · ${s.loudness_error_lu.largest}`),
    row('farthest from the target at any time after 8 s, LU', (s) => s.farthest_after_8s_lu),
    row('settled after, s: median · largest', (s) => `${s.settle_s.median} · ${s.settle_s.largest}`),
    row('overshoot, LU: mean · largest', (s) => `${s.overshoot_lu.mean} · ${s.overshoot_lu.largest}`),
    row('deviation of gain in steady speech, dB', (s) => s.gain_deviation_db),
    ...noises.map((noise) => row(`noise alone at −45 dBFS raised by, dB: ${noise}`, (s) => s.noise_raised_db[noise])),
    row('… the most', largestRaise),
    row('digital silence comes out at, dBFS', (s) => s.silence_peak_dbfs),
    row('shout after quiet, true peak, dBTP', (s) => s.shout_true_peak_dbtp),
    row('the same at +20 dBFS float', (s) => s.overload_true_peak_dbtp),
    row('speech in noise: deviation of its level, dB', (s) => s.in_noise.level_deviation_db),
    row('… gain moves in an 8 s pause by, dB: median · largest', (s) => `${s.in_noise.pause_drift_db.median} · ${s.in_noise.pause_drift_db.largest}`),
    row('… noise in the pause, dBFS', (s) => s.in_noise.pause_noise_dbfs),
    row('core %', (s) => s.core_percent),
  ]);
}

/** What gain control is to reach. */
export function levellingTargets({ systems }) {
  const ours = systems['Earshot gain'];
  const theirs = systems['WebRTC AGC2'];
  return [
    ['Loudness error after 8 s, LU, largest of −40 … −10 dBFS', ours.loudness_error_lu.largest, 2],
    ['Overshoot, LU', ours.overshoot_lu.largest, 3],
    ['Noise alone raised by, dB', Math.max(...Object.values(ours.noise_raised_db)), 3],
    ['Digital silence, dBFS', ours.silence_peak_dbfs, -120],
    ['True peak of a shout after quiet, dBTP', ours.shout_true_peak_dbtp, -1],
    ['True peak at +20 dBFS, dBTP', ours.overload_true_peak_dbtp, -1],
    ['Mean loudness error, LU, against AGC2', ours.loudness_error_lu.mean, theirs?.loudness_error_lu.mean],
    ['Deviation of gain in steady speech, dB, against AGC2', ours.gain_deviation_db, theirs?.gain_deviation_db],
  ].filter(([, , target]) => target !== undefined)
    .map(([title, value, target]) => ({ title, value, target, reached: value <= target, atMost: true }));
}

export const verdicts = (targets) => targets.map(({ title, value, target, reached, atMost }) =>
  `${reached ? '✓' : '✗'} ${title}: ${value} (${atMost ? 'at most' : 'at least'} ${target})`).join('\n');
