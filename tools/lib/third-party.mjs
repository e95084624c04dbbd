// Third-party libraries: each built once per variant into a prefix of its own in the cache.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildVpx } from './build-vpx.mjs';
import { buildWithCmake } from './build-with-cmake.mjs';
import { obtainSource } from './download.mjs';
import { cacheDir, root } from './paths.mjs';
import { run, step } from './steps.mjs';

export const variants = ['native', 'wasm', 'wasm-scalar'];

const wasmFlags = '-mbulk-memory -mnontrapping-fptoint -msign-ext';
// Our code is built without exceptions and RTTI; the test libraries have to agree on the layout of their classes.
const plainCxx = '-DCMAKE_CXX_FLAGS=-fno-exceptions -fno-rtti';

const opusCommon = ['-DOPUS_BUILD_SHARED_LIBRARY=OFF', '-DOPUS_BUILD_TESTING=OFF', '-DOPUS_BUILD_PROGRAMS=OFF'];
const opusWasm = [...opusCommon, '-DCMAKE_C_FLAGS_RELEASE=-O3', '-DOPUS_STACK_PROTECTOR=OFF', '-DOPUS_FORTIFY_SOURCE=OFF'];
// Emscripten translates SSE4.1 intrinsics to SIMD128. Of AVX2 only what gains is built, see `additions`.
const opusSse = ['SSE', 'SSE2', 'SSE4_1'].flatMap((set) => [`-DOPUS_X86_MAY_HAVE_${set}=ON`, `-DOPUS_X86_PRESUME_${set}=ON`]);

// Deep PLC, DRED and of OSCE the smaller enhancer (LACE): the larger one (NoLACE) is a third of the size and sounds no better.
const opusDeep = ['-DOPUS_DRED=ON', '-DOPUS_OSCE=ON'];
const opusDeepFlags = '-DDISABLE_NOLACE';

const googletest = ['-DBUILD_GMOCK=OFF', '-DINSTALL_GTEST=ON', plainCxx];
const benchmark = ['-DBENCHMARK_ENABLE_TESTING=OFF', '-DBENCHMARK_ENABLE_GTEST_TESTS=OFF', '-DBENCHMARK_ENABLE_WERROR=OFF',
  '-DBENCHMARK_ENABLE_EXCEPTIONS=OFF', '-DBENCHMARK_INSTALL_DOCS=OFF', plainCxx];

const opusNative = [...opusCommon, '-DCMAKE_C_FLAGS_RELEASE=-O3'];
const opusSimd = [...opusWasm, ...opusSse, '-DOPUS_X86_MAY_HAVE_AVX2=OFF'];
const opusSimdFlags = `-msimd128 -msse4.1 ${wasmFlags}`;

// VP8 alone, and what only its tools would need left out.
const vpxCommon = ['--disable-examples', '--disable-tools', '--disable-docs', '--disable-unit-tests', '--disable-install-docs', '--disable-install-bins',
  '--enable-vp8', '--disable-vp9', '--disable-webm-io', '--disable-libyuv', '--disable-postproc', '--disable-shared'];
const vpxAlone = [...vpxCommon, '--disable-multithread'];
const vpxWasm = ['--disable-pic', '--disable-runtime-cpu-detect'];
// libvpx leaves a damaged frame by longjmp, which is a WebAssembly exception here: the module needs no JavaScript for it.
const vpxWasmFlags = `-O3 ${wasmFlags} -sSUPPORT_LONGJMP=wasm -Wno-unused-parameter`;
// Its code for arm64 is written in C with intrinsics, which arm_neon.h among our additions translates.
const vpxNeon = [...vpxWasm, '--target=arm64-linux-gcc', '--disable-neon-dotprod', '--disable-neon-i8mm', '--disable-sve'];
const vpxNeonFlags = `${vpxWasmFlags} -msimd128`;
// Its threads are ours (wasm/bindings/thread_runtime.cc): Emscripten's would need generated JavaScript, and what the C library has
// of the same names, for programs without threads, is linked all the same. What does not call itself Unix waits by sched_yield().
const vpxThreadNames = ['pthread_create', 'pthread_join', 'pthread_once', 'sem_init', 'sem_destroy', 'sem_post', 'sem_wait', 'sched_yield', 'sysconf'];
const vpxThreadFlags = ['-sSHARED_MEMORY=1', '-U__unix__', ...vpxThreadNames.map((name) => `-D${name}=earshot_${name}`)].join(' ');

// Its vector code is assembler: in WebAssembly vectors are the compiler's.
const openh264Wasm = ['-DCMAKE_CXX_FLAGS_RELEASE=-O3 -DNDEBUG'];

/** Options of CMake, or of libvpx's configure, by library and variant; a string names the variant whose build serves as well. */
const recipes = {
  opus: {
    native: opusNative,
    wasm: [...opusSimd, `-DCMAKE_C_FLAGS=${opusSimdFlags}`],
    'wasm-scalar': [...opusWasm, `-DCMAKE_C_FLAGS=${wasmFlags}`, '-DOPUS_DISABLE_INTRINSICS=ON'],
  },
  // Without SIMD its networks are too slow for a call.
  'opus-deep': {
    native: [...opusNative, ...opusDeep, `-DCMAKE_C_FLAGS=${opusDeepFlags}`],
    wasm: [...opusSimd, ...opusDeep, `-DCMAKE_C_FLAGS=${opusSimdFlags} ${opusDeepFlags}`],
  },
  ogg: {
    native: ['-DBUILD_TESTING=OFF', '-DINSTALL_DOCS=OFF'],
    wasm: ['-DBUILD_TESTING=OFF', '-DINSTALL_DOCS=OFF', `-DCMAKE_C_FLAGS=${wasmFlags}`],
    'wasm-scalar': 'wasm',
  },
  vpx: {
    native: [...vpxAlone, '--enable-pic', '--extra-cflags=-O3'],
    wasm: [...vpxAlone, ...vpxNeon, `--extra-cflags=${vpxNeonFlags}`],
    'wasm-scalar': [...vpxAlone, ...vpxWasm, '--target=generic-gnu', `--extra-cflags=${vpxWasmFlags}`],
  },
  // Browsers without SIMD have no shared memory either.
  'vpx-threads': {
    wasm: [...vpxCommon, '--enable-multithread', ...vpxNeon, `--extra-cflags=${vpxNeonFlags} ${vpxThreadFlags}`],
  },
  openh264: {
    native: process.arch === 'x64' ? ['-DOPENH264_X86_64=ON'] : [],
    wasm: [...openh264Wasm, `-DCMAKE_CXX_FLAGS=-msimd128 ${wasmFlags}`],
    'wasm-scalar': [...openh264Wasm, `-DCMAKE_CXX_FLAGS=${wasmFlags}`],
  },
  googletest: {
    native: googletest,
    wasm: [...googletest, '-Dgtest_disable_pthreads=ON'],
    'wasm-scalar': 'wasm',
  },
  benchmark: {
    native: benchmark,
    wasm: benchmark,
    'wasm-scalar': 'wasm',
  },
};

/** Libraries that are not built with CMake. */
const builders = { vpx: buildVpx, 'vpx-threads': buildVpx };

/**
 * Folders of ours that change a library, by library and variant; what becomes of their files is up to the builder. Their content
 * is part of the key of the result.
 */
const additions = {
  // SILK's quantiser, the dearest part of an encoder: libopus's AVX2 form for WebAssembly's vectors.
  opus: { wasm: 'tools/third-party/opus' },
  'opus-deep': { wasm: 'tools/third-party/opus' },
  // NEON in terms of WebAssembly's vectors.
  vpx: { wasm: 'tools/third-party/vpx/neon' },
  'vpx-threads': { wasm: 'tools/third-party/vpx/neon' },
  // It comes without a build for CMake.
  openh264: Object.fromEntries(variants.map((variant) => [variant, 'tools/third-party/openh264'])),
  googletest: { wasm: 'tools/third-party/googletest' },
};

/** Libraries made from another one's sources: of which, and, if need be, from which of its versions on. Where there are only older ones it is left out. */
const derived = {
  'opus-deep': { from: 'opus', since: [1, 6] },
  'vpx-threads': { from: 'vpx' },
};

function isSince(version, [major, minor]) {
  const [ofMajor, ofMinor] = version.split('.').map(Number);
  return ofMajor > major || (ofMajor === major && ofMinor >= minor);
}

function readAdditions(folder) {
  return readdirSync(join(root, folder)).sort().map((name) => [name, readFileSync(join(root, folder, name), 'utf8')]);
}

/** The locked sources: library name → {license, candidates}. */
export function readLock() {
  const { comment, ...libraries } = JSON.parse(readFileSync(join(root, 'tools/third-party.lock.json'), 'utf8'));
  return libraries;
}

/**
 * Builds one tarball and moves the result to `prefix`; an interrupted or failed build leaves `prefix` absent.
 * @param {{source: string, options: string[], prefix: string, log: string, emscripten?: string, addition?: string, build?: Function}} job
 *   emscripten: its root, for WebAssembly; addition: a folder of ours; build: buildWithCmake by default
 */
export async function buildLibrary({ source, prefix, log, build = buildWithCmake, ...job }) {
  const work = `${prefix}.work`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, 'source'), { recursive: true });
  await run('tar', ['xf', source, '-C', join(work, 'source'), '--strip-components=1'], { log });
  await build({ ...job, work, log });
  // The rename is the stamp: a prefix that exists is whole.
  renameSync(join(work, 'prefix'), prefix);
  rmSync(work, { recursive: true, force: true });
}

/** A page needs no more than the codec for the browser; the tests add their library and the host; benchmarks theirs. */
function isNeeded(library, variant, purpose) {
  if (purpose === 'bench') return true;
  if (purpose === 'test') return library !== 'benchmark';
  return variant !== 'native' && ['opus', 'opus-deep', 'ogg', 'vpx', 'vpx-threads', 'openh264'].includes(library);
}

/**
 * Builds whatever is missing.
 * @param {{root: string, version: string}} emscripten
 * @param {'build' | 'test' | 'bench'} purpose
 * @returns {Promise<{prefixes: Record<string, Record<string, string>>, versions: Record<string, string>}>}
 *   prefixes by variant and library: all that is needed, and what else is already there
 */
export async function ensureThirdParty(emscripten, purpose) {
  const lock = readLock();
  const hostCompiler = execFileSync('c++', ['--version'], { encoding: 'utf8' }).split('\n')[0];
  const wasmCompiler = `emscripten ${emscripten.version} ${emscripten.root}`;
  const prefixes = Object.fromEntries(variants.map((variant) => [variant, {}]));
  const versions = {};
  for (const [library, byVariant] of Object.entries(recipes)) {
    const prefixOf = ({ version, sha256 }, variant) => {
      if (typeof byVariant[variant] === 'string') return prefixOf({ version, sha256 }, byVariant[variant]);
      const compiler = variant === 'native' ? hostCompiler : wasmCompiler;
      const addition = additions[library]?.[variant];
      const parts = [sha256, byVariant[variant], compiler, ...(addition ? readAdditions(addition) : [])];
      const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
      return join(cacheDir(), 'third-party', `${library}-${version}-${variant}-${key}`);
    };
    const isBuilt = (source, variant) => existsSync(prefixOf(source, variant));
    const available = variants.filter((variant) => byVariant[variant]);
    const needed = available.filter((variant) => isNeeded(library, variant, purpose));
    const { from, since } = derived[library] ?? { from: library };
    // Of the version that its relative was made from, so that both are of one release.
    const candidates = lock[from].candidates.filter(({ version }) => from === library || version === versions[from]);
    if (since && !isSince(versions[from], since)) continue;
    const builtBefore = candidates.find((candidate) => needed.every((variant) => isBuilt(candidate, variant)));
    const source = builtBefore ?? (await obtainSource(from, candidates, join(cacheDir(), 'sources')));
    versions[library] = source.version;
    for (const variant of needed.filter((name) => typeof byVariant[name] !== 'string' && !isBuilt(source, name))) {
      await step(`Build ${library} ${source.version} for ${variant}`, () => buildLibrary({
        source: source.path,
        options: byVariant[variant],
        emscripten: variant === 'native' ? undefined : emscripten.root,
        build: builders[library],
        prefix: prefixOf(source, variant),
        addition: additions[library]?.[variant] && join(root, additions[library][variant]),
        log: `third-party-${library}-${variant}`,
      }));
    }
    for (const variant of available.filter((name) => isBuilt(source, name))) prefixes[variant][library] = prefixOf(source, variant);
  }
  return { prefixes, versions };
}
