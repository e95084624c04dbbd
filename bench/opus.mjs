// Opus, 48 kHz mono 32 kbit/s voip complexity 9: earshot-audio.wasm in Node beside native libopus of the same version and
// the WebAssembly packages in use. Figures are ratios of CPU time within one run.
import { join } from 'node:path';
import { Contestant } from './lib/contestant.mjs';
import { ensurePeers } from './lib/peers.mjs';
import { buildPreset, bundleEngine, writeSignals } from './lib/prepare.mjs';
import { printTable, writeResult } from './lib/report.mjs';
import { race } from './lib/rounds.mjs';

const audioSeconds = 10;

export async function run({ rounds }) {
  const { clean: pcm } = writeSignals();
  const native = await buildPreset('native');
  const wasm = await buildPreset('wasm');
  const scalar = await buildPreset('wasm-scalar');
  const engine = await bundleEngine();
  const peers = await ensurePeers();
  const script = (name) => join(import.meta.dirname, 'opus', name);
  const contestants = [
    new Contestant('native libopus', join(native, 'bench/native/opus_reference'), [pcm]),
    Contestant.node('earshot', script('earshot.mjs'), pcm, engine, join(wasm, 'dist/earshot-audio.wasm')),
    Contestant.node('earshot, no SIMD', script('earshot.mjs'), pcm, engine, join(scalar, 'dist/earshot-audio-scalar.wasm')),
    Contestant.node('opusscript', script('opusscript.mjs'), pcm, peers.folder),
    Contestant.node('@evan/opus wasm', script('evan-opus.mjs'), pcm, peers.folder),
  ];
  const results = await race(contestants, ['encode', 'decode'], { rounds, warmUp: 4 });

  const figures = {};
  for (const task of ['encode', 'decode']) {
    const { cpuMs: reference } = results[task]['native libopus'];
    const { cpuMs: ours } = results[task].earshot;
    figures[`opus.${task}.ofNative`] = reference / ours;
    figures[`opus.${task}.overOpusscript`] = results[task].opusscript.cpuMs / ours;
    figures[`opus.${task}.overEvanOpus`] = results[task]['@evan/opus wasm'].cpuMs / ours;
    printTable(`Opus ${task}, 48 kHz mono 32 kbit/s voip complexity 9`, ['', '× real time', '% of a core', 'of native', 'spread'],
      Object.entries(results[task]).map(([name, { cpuMs, spread }]) => [name, (audioSeconds * 1000 / cpuMs).toFixed(0),
        (cpuMs / audioSeconds / 10).toFixed(2), (reference / cpuMs).toFixed(2), `${(100 * spread).toFixed(0)} %`]));
  }
  const { version } = results.encode['native libopus'];
  writeResult('opus', { versions: { libopus: version, ...peers.versions }, rounds, audioSeconds, results, figures });
  return figures;
}
