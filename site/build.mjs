// Builds the pages into build/site: the app bundle, the static files, the sample, and the library as a page would host it.
import { build } from 'esbuild';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));

/** Needs dist/ to be built. */
export async function buildSite() {
  const out = path('build/site');
  await rm(out, { recursive: true, force: true });
  await mkdir(`${out}/assets`, { recursive: true });
  await build({
    entryPoints: { app: path('site/app/main.ts'), studio: path('site/app/studio/main.ts') },
    outdir: out,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    sourcemap: true,
    external: ['earshot'], // resolved by the page's import map, as on any page that hosts the library
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'studio/index.html', 'icon.svg']) await cp(path(`site/${file}`), `${out}/${file}`);
  await build({ entryPoints: [path('site/styles.css')], outfile: `${out}/styles.css`, bundle: true, minify: true, logLevel: 'warning' });
  for (const file of ['noisy-speech.opus', 'CREDITS.md']) await cp(path(`tests/data/${file}`), `${out}/assets/${file}`);
  await mkdir(`${out}/earshot`);
  for (const file of await readdir(path('dist'))) {
    if (/^earshot.*\.(js|mjs|wasm|map)$/.test(file)) await cp(path(`dist/${file}`), `${out}/earshot/${file}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildSite();
