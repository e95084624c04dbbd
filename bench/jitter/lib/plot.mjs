// Delay against time as an SVG file: what a listener would see if delay could be seen.
const width = 960;
const height = 300;
const left = 52;
const top = 30;
const right = 12;
const bottom = 34;
const colours = { network: '#b9bec6', neteq: '#d9822b', earshot: '#1667b7' };

const path = (points) => points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

/** Points further apart than this are not joined: nothing was recognised in between. */
const joinedSeconds = 1;

function pieces(points) {
  const all = [];
  points.forEach((point, i) => {
    if (i === 0 || point[0] - points[i - 1][0] > joinedSeconds) all.push([]);
    all.at(-1).push(point);
  });
  return all;
}

function steps(limit, count) {
  const raw = limit / count;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((candidate) => candidate >= raw);
  return Array.from({ length: Math.floor(limit / step) + 1 }, (_, i) => i * step);
}

/**
 * @param {{title: string, seconds: number, network: [number, number][], systems: Record<string, [number, number][]>}} plot
 *   points of (time in s, delay in ms); `network` is drawn beneath, the systems are drawn as lines
 */
export function delayPlot({ title, seconds, network, systems }) {
  const played = Object.values(systems).flat().map(([, ms]) => ms);
  const limit = Math.max(100, ...played) * 1.08;
  const x = (s) => left + (width - left - right) * s / seconds;
  const y = (ms) => height - bottom - (height - top - bottom) * Math.min(ms, limit) / limit;
  const grid = steps(limit, 5).map((ms) => `<path d="M${left} ${y(ms).toFixed(1)}H${width - right}" stroke="#e4e7eb"/>`
    + `<text x="${left - 6}" y="${(y(ms) + 4).toFixed(1)}" text-anchor="end">${ms}</text>`);
  const times = steps(seconds, 8).map((s) => `<text x="${x(s).toFixed(1)}" y="${height - bottom + 16}" text-anchor="middle">${s}</text>`);
  // One upright stroke per half a second, from the earliest packet to the latest.
  const columns = new Map();
  for (const [s, ms] of network) {
    const column = Math.floor(s * 2);
    const [low, high] = columns.get(column) ?? [ms, ms];
    columns.set(column, [Math.min(low, ms), Math.max(high, ms)]);
  }
  const strokes = [...columns].map(([column, [low, high]]) => `M${x(column / 2).toFixed(1)} ${y(low).toFixed(1)}V${y(high).toFixed(1)}`).join('');
  const lines = Object.entries(systems).map(([name, points]) => `<path fill="none" stroke="${colours[name]}" stroke-width="1.6" d="${
    pieces(points).map((piece) => path(piece.map(([s, ms]) => [x(s), y(ms)]))).join('')}"/>`);
  const legend = [['Earshot', 'earshot'], ['NetEq', 'neteq'], ['packets in the network', 'network']]
    .filter(([, key]) => key === 'network' || systems[key])
    .map(([text, key], i) => `<tspan fill="${colours[key]}" x="${width - 330 + [0, 75, 135][i]}">■ ${text}</tspan>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#444">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${left}" y="18" font-size="13" fill="#111">${title}: delay from mouth to ear, ms, against time, s</text>
<text y="18">${legend.join('')}</text>
${grid.join('')}${times.join('')}
<path d="${strokes}" stroke="${colours.network}" stroke-width="4"/>
${lines.join('\n')}
</svg>
`;
}
