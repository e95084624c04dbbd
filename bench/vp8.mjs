// VP8, 720p and 360p, one pass at a constant bitrate in real time: earshot-video.wasm in Node beside native libvpx of the same version
// with its assembler. Figures are ratios of CPU time within one run.
import { join } from 'node:path';
import { Contestant } from './lib/contestant.mjs';
import { buildPreset, bundleEngine } from './lib/prepare.mjs';
import { printTable, writeResult } from './lib/report.mjs';
import { race } from './lib/rounds.mjs';
import { formats, frameRate, speed, writeClip } from './vp8/clip.mjs';

export async function run({ rounds }) {
  const native = await buildPreset('native');
  const wasm = await buildPreset('wasm');
  const scalar = await buildPreset('wasm-scalar');
  const engine = await bundleEngine();
  const script = join(import.meta.dirname, 'vp8/earshot.mjs');

  const results = {};
  const figures = {};
  for (const [name, format] of Object.entries(formats)) {
    const { width, height, bitrate, numFrames } = format;
    const clip = writeClip(format);
    const settings = [width, height, frameRate, bitrate, speed].map(String);
    const contestants = [
      new Contestant('native libvpx', join(native, 'bench/native/vp8_reference'), [clip, ...settings]),
      Contestant.node('earshot', script, clip, name, engine, join(wasm, 'dist/earshot-video.wasm')),
      Contestant.node('earshot, no SIMD', script, clip, name, engine, join(scalar, 'dist/earshot-video-scalar.wasm')),
    ];
    results[name] = await race(contestants, ['encode', 'decode'], { rounds, warmUp: 2 });
    for (const task of ['encode', 'decode']) {
      const { cpuMs: reference } = results[name][task]['native libvpx'];
      const { cpuMs: ours } = results[name][task].earshot;
      figures[`vp8.${name}.${task}.ofNative`] = reference / ours;
      figures[`vp8.${name}.${task}.overScalar`] = results[name][task]['earshot, no SIMD'].cpuMs / ours;
      printTable(`VP8 ${task}, ${width}×${height}, ${bitrate} kbit/s, cpu-used -${speed}`, ['', 'frames a second', 'of native', 'spread'],
        Object.entries(results[name][task]).map(([contestant, { cpuMs, spread }]) => [contestant, ((1000 * numFrames) / cpuMs).toFixed(0),
          (reference / cpuMs).toFixed(2), `${(100 * spread).toFixed(0)} %`]));
    }
    // Nothing: the streams are equal to the bit.
    figures[`vp8.${name}.psnrFromNativeDb`] = results[name].encode.earshot.psnrY - results[name].encode['native libvpx'].psnrY;
  }
  writeResult('vp8', { versions: { libvpx: results['720p'].encode['native libvpx'].version }, rounds, formats, results, figures });
  return figures;
}
