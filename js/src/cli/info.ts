import type { Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { libraryVersion } from '../wasm/library-version.js';
import { instantiate, simdSupported, type ModuleExports } from '../wasm/loader.js';
import { loadModule, moduleUrl, type ModuleName } from './modules.js';

declare const __EARSHOT_VERSION__: string;

/** What the build wrote beside the bundle. */
interface BuildInfo {
  readonly toolchain: string;
  readonly libraries: Readonly<Record<string, string>>;
}

const MODULES: readonly ModuleName[] = ['worklet', 'audio', 'file', 'video', 'h264'];
const DEEP_MODULES: readonly ModuleName[] = ['playout-deep', 'encoder-deep'];
/** Without a scalar variant. */
const SIMD_MODULES: readonly ModuleName[] = ['video-threads', ...DEEP_MODULES];

export function addInfo(program: Command): void {
  program
    .command('info')
    .description('version, toolchain, libraries and sizes')
    .option('--json', 'print them as JSON')
    .action((options: { json?: true }) => {
      const report = info();
      if (options.json) {
        console.log(JSON.stringify(report));
        return;
      }
      console.log(`earshot    ${report.version}`);
      console.log(`toolchain  ${report.toolchain}`);
      console.log(`libraries  ${Object.entries(report.libraries).map(([name, version]) => `${name} ${version}`).join(', ')}`);
      console.log(`deep       ${report.deep ? 'yes: concealment by networks, deep redundancy' : `no: libopus ${report.libraries.opus} is without them; 1.6 or newer has them`}`);
      console.log(`SIMD       ${report.simd ? 'yes' : 'no, the scalar modules are used'}`);
      console.log(`${'module'.padEnd(32)}${'raw'.padStart(9)}${'gzip'.padStart(9)}${'brotli'.padStart(9)}`);
      for (const [file, sizes] of Object.entries(report.modules)) {
        console.log(`${file.padEnd(32)}${[sizes.raw, sizes.gzip, sizes.brotli].map((size) => String(size).padStart(9)).join('')}`);
      }
    });
}

function info() {
  const { toolchain, libraries } = JSON.parse(readFileSync(new URL('./build-info.json', import.meta.url), 'utf8')) as BuildInfo;
  const versionIn = (name: ModuleName) => libraryVersion(instantiate<ModuleExports & { library_version(): number }>(loadModule(name))).replace(/^\w+ /, '');
  const modules: Record<string, { raw: number; gzip: number; brotli: number }> = {};
  const urls = [...MODULES.flatMap((name) => [moduleUrl(name, true), moduleUrl(name, false)]), ...SIMD_MODULES.map((name) => moduleUrl(name, true))];
  for (const url of urls) {
    if (!existsSync(url)) continue;
    const bytes = readFileSync(url);
    modules[url.pathname.split('/').pop()!] = {
      raw: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      brotli: brotliCompressSync(bytes).length,
    };
  }
  return {
    version: __EARSHOT_VERSION__,
    toolchain,
    // What the modules say of themselves, not what was meant to be built.
    libraries: { ...libraries, opus: versionIn('audio'), vpx: versionIn('video'), openh264: versionIn('h264') },
    deep: DEEP_MODULES.every((name) => existsSync(moduleUrl(name, true))),
    simd: simdSupported(),
    modules,
  };
}
