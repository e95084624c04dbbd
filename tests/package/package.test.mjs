/**
 * The npm package as its users meet it: packed, installed into an empty project, type-checked, built by Vite, served by Vite's
 * development server, and loaded by a plain script from the same and from another origin; each page opened in Chromium.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { openInChromium } from './chromium.mjs';
import { serveFolder } from './static-server.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));
const ASSETS = ['earshot-worklet.js', 'earshot-worker.js', 'earshot-video-worker.js', 'earshot-video-threads.wasm',
  ...['worklet', 'audio', 'video', 'h264'].flatMap((name) => [`earshot-${name}.wasm`, `earshot-${name}-scalar.wasm`])];
/** So small that Vite puts it into the page's script. */
const INLINED = 'earshot-thread.js';

let project;
let packed;

const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const installed = (...path) => join(project, 'node_modules/earshot', ...path);

before(() => {
  project = mkdtempSync(join(tmpdir(), 'earshot-package-'));
  // --ignore-scripts: what is packed is what was built.
  [packed] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', project], ROOT));
  cpSync(FIXTURES, project, { recursive: true });
  // Offline: the package needs nothing but itself.
  npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', `./${packed.filename}`], project);
});

after(() => rmSync(project, { recursive: true, force: true }));

/** What the page of every fixture reports, see fixtures/check.js. */
function assertWorks(result) {
  assert.deepEqual(result.errors, []);
  assert.deepEqual(result.states, { enhancer: 'running', sender: 'running', receiver: 'running' });
  assert.ok(result.framesProcessed > 0 && result.framesEncoded > 0 && result.packetsReceived > 0, JSON.stringify(result));
}

test('holds the library, its types and its notices, and neither sources nor tests', () => {
  const files = packed.files.map(({ path }) => path);
  for (const file of ['earshot.js', 'earshot.mjs', 'earshot.d.ts', 'cli.mjs', INLINED, ...ASSETS]) assert.ok(files.includes(`dist/${file}`), file);
  const strange = files.filter((path) => !/^(dist\/[^/]+|package\.json|LICENSE|README\.md|THIRD_PARTY_NOTICES)$/.test(path));
  assert.deepEqual(strange, []);
});

test('has types that a strict project can use', () => {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  for (const resolution of [['--module', 'esnext', '--moduleResolution', 'bundler'], ['--module', 'nodenext']]) {
    const args = [tsc, '--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom,dom.iterable', ...resolution, 'types.ts'];
    try {
      execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
    } catch (error) {
      assert.fail(error.stdout);
    }
  }
});

test('can be imported in Node, for server-side rendering', () => {
  const script = "import { version, support } from 'earshot'; console.log(version, (await support()).call)";
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: project, encoding: 'utf8' });
  assert.equal(out.trim(), `${packed.version} false`);
});

test('works in a page built by Vite', async () => {
  const { build } = await vite();
  await build({ root: project, logLevel: 'silent' });
  const built = readdirSync(join(project, 'dist/assets'));
  for (const asset of ASSETS) {
    const [stem, extension] = asset.split(/\.(?=\w+$)/);
    assert.ok(built.some((name) => name.startsWith(`${stem}-`) && name.endsWith(`.${extension}`)), `${asset} is not in ${built}`);
  }
  const inlined = readFileSync(join(ROOT, 'dist', INLINED), 'base64');
  const scripts = built.filter((name) => name.endsWith('.js')).map((name) => readFileSync(join(project, 'dist/assets', name), 'utf8'));
  assert.ok(scripts.some((text) => text.includes(`data:text/javascript;base64,${inlined}`)), `${INLINED} is in none of the scripts`);
  const server = await serveFolder(join(project, 'dist'));
  try {
    assertWorks(await openInChromium(`${server.origin}/index.html`));
  } finally {
    server.close();
  }
});

test("works on Vite's development server", async () => {
  const { createServer } = await vite();
  const server = await createServer({ root: project, logLevel: 'silent', server: { host: '127.0.0.1', port: 0, ws: false, hmr: false } });
  await server.listen();
  try {
    assertWorks(await openInChromium(server.resolvedUrls.local[0]));
  } finally {
    await server.close();
  }
});

test('works from a plain script beside its files, whatever type the server gives them', async () => {
  const folder = join(project, 'plain');
  mkdirSync(folder);
  cpSync(installed('dist'), join(folder, 'earshot'), { recursive: true });
  for (const file of ['script.html', 'check.js']) cpSync(join(FIXTURES, file), join(folder, file));
  const server = await serveFolder(folder, { wasmType: 'application/octet-stream' });
  try {
    assertWorks(await openInChromium(`${server.origin}/script.html`));
  } finally {
    server.close();
  }
});

test('works from a script of another origin', async () => {
  const cdn = await serveFolder(installed('dist'), { headers: { 'access-control-allow-origin': '*' } });
  const folder = join(project, 'page');
  mkdirSync(folder);
  cpSync(join(FIXTURES, 'check.js'), join(folder, 'check.js'));
  writeFileSync(join(folder, 'index.html'), `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="${cdn.origin}/earshot.js"></script><script type="module">import { check } from './check.js'; window.result = check(Earshot);</script>`);
  const server = await serveFolder(folder);
  try {
    assertWorks(await openInChromium(`${server.origin}/index.html`));
  } finally {
    server.close();
    cdn.close();
  }
});

test('says what to do when its files are not where the script is', async () => {
  const folder = join(project, 'bare');
  mkdirSync(join(folder, 'earshot'), { recursive: true });
  cpSync(installed('dist/earshot.js'), join(folder, 'earshot/earshot.js'));
  for (const file of ['script.html', 'check.js']) cpSync(join(FIXTURES, file), join(folder, file));
  const server = await serveFolder(folder);
  try {
    const { errors, states, flows } = await openInChromium(`${server.origin}/script.html`);
    assert.deepEqual(states, { enhancer: 'bypassed', sender: 'bypassed', receiver: 'bypassed' });
    assert.deepEqual(errors.map(({ code }) => code), ['asset-load', 'asset-load', 'asset-load']);
    for (const { message } of errors) assert.match(message, /configure\(\{ baseUrl \}\)/);
    // The call itself does not mind.
    assert.ok(flows, 'no packets arrive');
  } finally {
    server.close();
  }
});

/** Vite from the checkout; the project needs no network for it. */
function vite() {
  const path = join(ROOT, 'node_modules/vite/dist/node/index.js');
  assert.ok(existsSync(path), 'vite is not installed: npm install');
  return import(pathToFileURL(path).href);
}
