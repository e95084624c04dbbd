// The Google Benchmark programs: native, WebAssembly with SIMD, WebAssembly without.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildPreset } from './lib/prepare.mjs';
import { printTable, writeResult } from './lib/report.mjs';

const passSeconds = 0.02;

/** One pass of all kernels → name → ns. */
function pass(command, args) {
  const output = execFileSync(command, [...args, '--benchmark_format=json', `--benchmark_min_time=${passSeconds}s`],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return Object.fromEntries(JSON.parse(output).benchmarks.map(({ name, cpu_time: ns }) => [name, ns]));
}

export async function run({ rounds }) {
  const program = async (preset, name) => join(await buildPreset(preset), 'bench/native', name);
  // V8 enters optimised code only when a function is called anew: a benchmark's one long loop would stay in the baseline code.
  const node = [process.execPath, '--no-liftoff'];
  const variants = {
    native: [await program('native', 'kernels_bench')],
    simd: [...node, await program('wasm', 'kernels_bench.cjs')],
    scalar: [...node, await program('wasm-scalar', 'kernels_bench.cjs')],
  };
  const times = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [variant, [command, ...args]] of Object.entries(variants)) {
      for (const [kernel, ns] of Object.entries(pass(command, args))) ((times[kernel] ??= {})[variant] ??= []).push(ns);
    }
  }
  // WebAssembly has no clock of CPU time: other work on the machine is part of what it reads, and can only add. Hence the best.
  const results = Object.fromEntries(Object.entries(times).map(([kernel, byVariant]) =>
    [kernel, Object.fromEntries(Object.entries(byVariant).map(([variant, list]) => [variant, Math.min(...list)]))]));
  const figures = Object.fromEntries(Object.entries(results).flatMap(([kernel, { native, simd, scalar }]) =>
    [[`${kernel}.ofNative`, native / simd], [`${kernel}.overScalar`, scalar / simd]]));
  printTable('Kernels, ns', ['', 'native', 'SIMD', 'scalar', 'SIMD of native', 'SIMD over scalar'],
    Object.entries(results).map(([kernel, { native, simd, scalar }]) => [kernel, native.toFixed(0), simd.toFixed(0),
      scalar.toFixed(0), (native / simd).toFixed(2), (scalar / simd).toFixed(2)]));
  writeResult('kernels', { rounds, passSeconds, results, figures });
  return figures;
}
