// The systems compared. Each takes 48 kHz mono WAV files of a folder and writes files of the same names to another.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../../../tools/lib/errors.mjs';
import { packages, shared } from './programs.mjs';
import { execute, hashOf, place } from './work.mjs';

const wavs = (folder, names) => names.map((name) => join(folder, `${name}.wav`));
const quantum = 128;
const sampleRate = 48000;
const gcd = (a, b) => (b === 0 ? a : gcd(b, a % b));
/** What it takes to feed frames from render quanta of Web Audio, in ms: the FIFO that the page needs around such a module. */
const framingMs = (frame) => 1000 * (frame - gcd(frame, quantum)) / sampleRate;

/**
 * @typedef {object} System
 * @property {string} name
 * @property {string} key  changes when its output may
 * @property {number} framingMs  delay in a page besides the one found in its output
 * @property {boolean} [takesFloat]  32-bit float files too
 * @property {number} [target]  loudness of speech that it aims at, LUFS
 * @property {(input: string, output: string, names: string[]) => Promise<{corePercent: number[], latencyMs?: number}>} run
 */

/** A copy of the command and of the modules it needs: others may build while the run goes on. Removed with `remove()`. */
export function copyOfDist(dist, modules = ['worklet', 'file']) {
  const files = ['cli.mjs', ...modules.map((name) => `earshot-${name}.wasm`)];
  const missing = files.find((file) => !existsSync(join(dist, file)));
  if (missing) throw new ToolError(`${join(dist, missing)} is missing. Run:  npm run build`);
  mkdirSync(place(), { recursive: true });
  const folder = mkdtempSync(place('dist-'));
  for (const file of files) copyFileSync(join(dist, file), join(folder, file));
  return { folder, key: hashOf(...files.map((file) => join(folder, file))), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The product: `earshot enhance`, the WebAssembly that pages load. Its output lies on its input. @returns {System} */
export function earshot(dist, name, args, facts = {}) {
  return {
    ...facts, name, key: hashOf(dist.key, args), framingMs: 0,
    async run(input, output, names) {
      const reports = await Promise.all(names.map((file) => execute(process.execPath,
        [join(dist.folder, 'cli.mjs'), 'enhance', join(input, `${file}.wav`), join(output, `${file}.wav`), ...args, '--json'])));
      const parsed = reports.map((text) => JSON.parse(text));
      return { corePercent: parsed.map((report) => report.core_percent), latencyMs: parsed[0].latency_ms };
    },
  };
}

/** WebRTC's AudioProcessing, native. @returns {System} */
export function webrtc(program, name, args) {
  return {
    name, key: hashOf(program, args), framingMs: framingMs(480),
    async run(input, output, names) {
      const reports = await Promise.all(names.map((file) => execute(program, [join(input, `${file}.wav`), join(output, `${file}.wav`), ...args])));
      return { corePercent: reports.map((text) => JSON.parse(text).us_per_10ms / 100) };
    },
  };
}

/** RNNoise or GTCRN as their npm package ships them. @returns {System} */
export function packaged(folder, name, which, frame) {
  const script = join(shared, 'peers/ns_peers.mjs');
  return {
    name, key: hashOf(script, which, packages), framingMs: framingMs(frame),
    async run(input, output, names) {
      const report = JSON.parse(await execute(process.execPath, [script, which, output, ...wavs(input, names)], { PEERS_FROM: folder }));
      return { corePercent: [report.core_percent] };
    },
  };
}
