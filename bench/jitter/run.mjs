// npm run jitter-bench [-- OPTIONS]: our jitter buffer and libwebrtc's NetEq on the same packets; docs/jitter.md explains.
//   --traces A,B          only these networks
//   --made SEEDS          networks made from so many seeds (bench/jitter/lib/networks.mjs) instead of the recorded ones
//   --deep                the deep module beside the small one, without and with deep redundancy
//   --latency-hint HINT   interactive, balanced (default) or playback
//   --dist DIR            the built command and modules to measure (default dist/)
//   --replay PROGRAM      bench/native/replay of a native build instead, which is faster and plays the same
//   --neteq PROGRAM       neteq_replay built by the caller (default: built here from ../shared/peers)
//   --no-plcmos           leaves the slowest column out
// A whole run writes bench/results/jitter.json and a plot of every recorded network in bench/results/jitter/, or jitter-made.json, or
// jitter-deep.json.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runMain, ToolError } from '../../tools/lib/errors.mjs';
import { buildDir, root } from '../../tools/lib/paths.mjs';
import { environment } from '../lib/environment.mjs';
import { copyOfDist } from '../quality/lib/systems.mjs';
import { execute } from '../quality/lib/work.mjs';
import { earshot, measure, native, plcmos } from './lib/measure.mjs';
import { kindNames, makeTrace, traceText } from './lib/networks.mjs';
import { delayPlot } from './lib/plot.mjs';
import { findPrograms, shared } from './lib/programs.mjs';
import { summary, table } from './lib/tables.mjs';

const hints = ['interactive', 'balanced', 'playback'];
const packetSeconds = 0.02;

function readOptions() {
  const { values } = parseArgs({ options: { traces: { type: 'string' }, made: { type: 'string' }, deep: { type: 'boolean', default: false }, replay: { type: 'string' },
    neteq: { type: 'string' }, dist: { type: 'string', default: 'dist' }, 'latency-hint': { type: 'string', default: 'balanced' },
    'no-plcmos': { type: 'boolean', default: false } } });
  if (!hints.includes(values['latency-hint'])) throw new ToolError(`--latency-hint wants one of ${hints.join(', ')}.`);
  if (values.made !== undefined && !/^[1-9]\d?$/.test(values.made)) throw new ToolError('--made wants a number of seeds, 1 to 99.');
  if (values.deep && values.replay) throw new ToolError('--deep measures the WebAssembly modules; leave --replay out.');
  return { ...values, hint: values['latency-hint'], plcmos: !values['no-plcmos'], traces: values.traces?.split(',') };
}

/** To be repeated by anybody: programs are named, not placed. */
function commandOf({ made, deep, replay, plcmos: sounded }) {
  const args = [made && `--made ${made}`, deep && '--deep', replay && `--replay ${basename(replay)}`, !sounded && '--no-plcmos'].filter(Boolean);
  return ['npm run jitter-bench', ...args.length > 0 ? ['--', ...args] : []].join(' ');
}

/** Files of the networks to measure. */
function findTraces({ made, traces }, folder) {
  if (made) {
    for (const kind of kindNames) {
      for (let seed = 1; seed <= made; seed++) writeFileSync(join(folder, `${kind}-${seed}.txt`), traceText(makeTrace(kind, seed)));
    }
  }
  const from = made ? folder : join(shared, 'data/traces');
  const files = readdirSync(from).filter((name) => name.endsWith('.txt') && (!traces || traces.includes(basename(name, '.txt'))));
  if (files.length === 0) throw new ToolError(`No such network in ${from}.`);
  return files.sort().map((name) => join(from, name));
}

/** What the network did: (s, ms) of every packet that arrived, from its first sample on as in what is heard. */
function networkOf(trace) {
  const lines = readFileSync(trace, 'utf8').split('\n').filter((line) => line && !line.startsWith('#'));
  return lines.map((line, i) => [i * packetSeconds, Number(line)]).filter(([, ms]) => !Number.isNaN(ms));
}

/** Plots where the sound was measured; the points themselves are not kept. */
function plot(folder, name, trace, measured) {
  const systems = Object.fromEntries(Object.entries(measured).filter(([, figures]) => figures.measured_delay)
    .map(([system, figures]) => [system, figures.measured_delay.points]));
  for (const figures of Object.values(measured)) delete figures.measured_delay?.points;
  if (Object.keys(systems).length === 0) return;
  const network = networkOf(trace);
  const seconds = Math.ceil(network.at(-1)[0]);
  writeFileSync(join(folder, `${name}.svg`), delayPlot({ title: name, seconds, network, systems }));
}

async function measureAll({ traces, systems, speech, folder, plots, python }) {
  const results = {};
  const outputs = [];
  for (const trace of traces) {
    const name = basename(trace, '.txt');
    results[name] = {};
    for (const [system, replay] of Object.entries(systems)) {
      const output = join(folder, `${name}.${system}.wav`);
      results[name][system] = await measure(replay, { speech, trace, output, python });
      outputs.push({ output, figures: results[name][system] });
    }
    console.log([name, ...Object.entries(results[name]).map(([system, figures]) =>
      `${system}: ${figures.measured_delay?.mean_ms ?? '–'} ms, ${figures.concealed_pct} %`)].join('   '));
    plot(plots, name, trace, results[name]);
  }
  return { results, outputs };
}

await runMain(async () => {
  const options = readOptions();
  if (!existsSync(join(shared, 'data/replay-speech.flac'))) {
    console.log(`Nothing measured: there is no data folder at ${shared} (set EARSHOT_DATA to have it elsewhere).`);
    return 0;
  }
  const programs = await findPrograms(options);
  for (const sentence of programs.absent) console.log(`! ${sentence}`);
  const whole = !options.traces && options.hint === 'balanced' && programs.absent.length === 0 && (options.plcmos || options.made);
  mkdirSync(join(buildDir, 'jitter-bench'), { recursive: true });
  const folder = mkdtempSync(join(buildDir, 'jitter-bench', 'run-'));
  const kind = ['jitter', options.made && 'made', options.deep && 'deep'].filter(Boolean).join('-');
  const plots = whole && kind === 'jitter' ? join(root, 'bench/results/jitter') : join(buildDir, 'jitter-bench', 'plots');
  mkdirSync(plots, { recursive: true });
  const dist = options.replay ? null : copyOfDist(resolve(options.dist), ['worklet', 'audio', 'file', ...options.deep ? ['playout-deep', 'encoder-deep'] : []]);
  try {
    const speech = join(folder, 'speech.wav');
    await execute('ffmpeg', ['-v', 'error', '-i', join(shared, 'data/replay-speech.flac'), '-bitexact', '-ac', '1', '-ar', '48000',
      '-c:a', 'pcm_s16le', speech]);
    const args = ['--fec', '--latency-hint', options.hint];
    const systems = { earshot: dist ? earshot(dist, args) : native(resolve(options.replay), args),
      ...(programs.neteq ? { neteq: native(programs.neteq) } : {}),
      ...(options.deep ? {
        deep: earshot(dist, ['--deep', ...args]),
        // In-band FEC would leave deep redundancy no room at this bitrate.
        dred: earshot(dist, ['--deep', '--dred', '500', '--latency-hint', options.hint]),
      } : {}) };
    const { results, outputs } = await measureAll({ traces: findTraces(options, folder), systems, speech, folder, plots,
      python: programs.python });
    if (options.plcmos && programs.packages) {
      const scores = await plcmos(programs.packages, outputs.map(({ output }) => output));
      for (const { output, figures } of outputs) figures.plcmos = scores.get(basename(output));
    }
    const record = { command: commandOf(options), date: new Date().toISOString(),
      what: '20 ms Opus packets, 48 kHz mono, 32 kbit/s voip, complexity 9, in-band FEC for 20 % loss', environment: environment(),
      latency_hint: options.hint, summary: summary(results), traces: results };
    console.log(`\n${table(results)}\n\n${JSON.stringify(record.summary, null, 1)}`);
    const text = `${JSON.stringify(record, null, 1)}\n`;
    writeFileSync(join(buildDir, 'jitter-bench', 'last.json'), text);
    if (whole) writeFileSync(join(root, 'bench/results', `${kind}.json`), text);
  } finally {
    dist?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
});
