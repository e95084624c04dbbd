// Tables on the terminal, results as JSON, budgets.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/lib/paths.mjs';
import { environment } from './environment.mjs';

/** Prints rows of cells below a title, columns aligned: the first to the left, the others to the right. */
export function printTable(title, header, rows) {
  const table = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...table.map((row) => row[column].length)));
  console.log(`\n${title}`);
  for (const row of table) {
    console.log(`  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ')}`);
  }
}

/** Writes bench/results/<name>.json. */
export function writeResult(name, result) {
  const folder = join(root, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const record = {
    command: `npm run bench -- ${name}`, date: new Date().toISOString(), environment: environment(), ...result,
  };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * Holds figures against their budgets.
 * @param {Record<string, number>} figures
 * @param {Record<string, {min?: number, max?: number}>} budgets
 * @returns {string[]} what is missed or missing
 */
export function findMissed(figures, budgets) {
  return Object.entries(budgets).flatMap(([name, { min = -Infinity, max = Infinity }]) => {
    const figure = figures[name];
    if (figure === undefined) return [`${name}: not measured`];
    if (figure < min) return [`${name}: ${figure.toFixed(3)}, at least ${min} wanted`];
    if (figure > max) return [`${name}: ${figure.toFixed(3)}, at most ${max} wanted`];
    return [];
  });
}
