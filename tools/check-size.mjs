// node tools/check-size.mjs: measures what a page downloads and holds it against "sizes" of bench/budget.json.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { runMain } from './lib/errors.mjs';
import { root } from './lib/paths.mjs';

/** Sizes in bytes: as is, gzip -9, brotli -q 11. */
export function measure(content) {
  return {
    raw: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
    brotli: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }).length,
  };
}

/**
 * Compares measured sizes with their budgets.
 * @param {Record<string, {raw: number, gzip: number, brotli: number}>} sizes by file name
 * @param {Record<string, Record<string, number | boolean>>} budgets file name → {brotli: bytes, …}; `optional` ones need not be built
 * @returns {string[]} what exceeds its budget or is missing
 */
export function findExcess(sizes, budgets) {
  return Object.entries(budgets).flatMap(([file, { optional, ...limits }]) => {
    if (!sizes[file]) return optional ? [] : [`dist/${file} has a budget and was not built`];
    return Object.entries(limits).flatMap(([kind, limit]) =>
      sizes[file][kind] > limit ? [`dist/${file}: ${sizes[file][kind]} bytes ${kind}, ${limit} allowed`] : []);
  });
}

export function measureDist() {
  const dist = join(root, 'dist');
  const files = readdirSync(dist).filter((name) => /\.(js|mjs|wasm)$/.test(name)).sort();
  return Object.fromEntries(files.map((file) => [file, measure(readFileSync(join(dist, file)))]));
}

export function checkSizes() {
  const { sizes: budgets } = JSON.parse(readFileSync(join(root, 'bench/budget.json'), 'utf8'));
  return findExcess(measureDist(), budgets);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(() => {
    console.table(measureDist());
    const excess = checkSizes();
    excess.forEach((line) => console.log(line));
    return excess.length === 0 ? 0 : 1;
  });
}
