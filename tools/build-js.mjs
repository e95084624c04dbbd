// node tools/build-js.mjs: bundles js/src and collects everything a page or the command line needs in dist/.
//   earshot.js (global Earshot) · earshot.mjs · earshot.d.ts · earshot-worklet.js · earshot-worker.js · earshot-video-worker.js ·
//   earshot-thread.js · cli.mjs · cli-thread.mjs · *.wasm
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generateAbi } from './generate-abi.mjs';
import { explain, runMain, ToolError } from './lib/errors.mjs';
import { root, buildDir } from './lib/paths.mjs';

const dist = join(root, 'dist');
/** Written here and moved as a whole: a page being served never sees half a build. Beside dist/ for the source maps' paths. */
const part = join(root, 'dist.part');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const source = (path) => join(root, 'js/src', path);
const common = {
  bundle: true,
  target: 'es2022',
  minify: true,
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'silent',
  define: { __EARSHOT_VERSION__: JSON.stringify(version) },
};

/** What is built: output file → esbuild options. */
const bundles = {
  'earshot.mjs': { entryPoints: [source('index.ts')], format: 'esm' },
  'earshot.js': {
    entryPoints: [source('index.ts')],
    format: 'iife',
    globalName: 'Earshot',
    inject: [join(root, 'tools/lib/script-url.js')],
    define: { ...common.define, 'import.meta.url': 'scriptUrl' },
  },
  'earshot-worklet.js': { entryPoints: [source('worklet/main.ts')], format: 'iife' },
  'earshot-video-worker.js': { entryPoints: [source('video-worker/main.ts')], format: 'iife' },
  'earshot-worker.js': { entryPoints: [source('worker/main.ts')], format: 'iife' },
  'earshot-thread.js': { entryPoints: [source('thread/main.ts')], format: 'iife' },
  // The command-line tool is read by people and its stack traces too: no minification.
  'cli.mjs': {
    entryPoints: [source('cli/main.ts')],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: false,
    sourcemap: false,
    // commander is CommonJS inside and requires Node's own modules.
    banner: { js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  },
  'cli-thread.mjs': { entryPoints: [source('cli/thread.ts')], format: 'esm', platform: 'node', target: 'node20', minify: false, sourcemap: false },
};

async function bundleAll(esbuild) {
  for (const [file, options] of Object.entries(bundles)) {
    const result = await esbuild.build({ ...common, ...options, outfile: join(part, file) }).catch((error) => {
      const lines = (error.errors ?? []).map(({ text, location }) => `    ${location ? `${location.file}:${location.line}: ` : ''}${text}`);
      throw lines.length > 0 ? new ToolError(`dist/${file} does not build:\n${lines.join('\n')}`) : error;
    });
    for (const { text, location } of result.warnings) console.log(`  ! ${location?.file ?? file}: ${text}`);
  }
}

/** One declaration file for all of the public API; `Earshot` is its global name for pages with a plain script. */
async function writeTypes() {
  const { generateDtsBundle } = await import('dts-bundle-generator');
  const entry = { filePath: source('index.ts'), output: { umdModuleName: 'Earshot', noBanner: true, exportReferencedTypes: false } };
  const logged = console.error;
  console.error = () => {}; // its progress lines
  try {
    const [types] = generateDtsBundle([entry], { preferredConfigPath: join(root, 'js/tsconfig.json') });
    writeFileSync(join(part, 'earshot.d.ts'), types);
  } catch (error) {
    throw new ToolError(`dist/earshot.d.ts does not build: ${error.message}`, { cause: error });
  } finally {
    console.error = logged;
  }
}

/** The modules of both variants; the CMake build gives each its final name. */
function copyModules() {
  for (const variant of ['wasm', 'wasm-scalar']) {
    const folder = join(buildDir, variant, 'dist');
    if (!existsSync(folder)) throw new ToolError(`build/${variant}/dist is missing. Run:  npm run build`);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.wasm'))) copyFileSync(join(folder, file), join(part, file));
  }
}

/** What `earshot info` reports of the build. */
function writeBuildInfo() {
  const deps = JSON.parse(readFileSync(join(buildDir, 'deps.json'), 'utf8'));
  const info = { version, toolchain: `Emscripten ${deps.emscripten.version}`, libraries: { opus: deps.versions.opus, ogg: deps.versions.ogg, vpx: deps.versions.vpx, openh264: deps.versions.openh264 } };
  writeFileSync(join(part, 'build-info.json'), `${JSON.stringify(info, null, 2)}\n`);
}

export async function buildJs() {
  generateAbi();
  const esbuild = await import('esbuild');
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part);
  await bundleAll(esbuild);
  await writeTypes();
  copyModules();
  writeBuildInfo();
  rmSync(dist, { recursive: true, force: true });
  renameSync(part, dist);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(() => buildJs().catch((error) => { throw explain(error); }));
}
