import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findViolations } from '../../tools/check-direction.mjs';
import { findExcess, measure } from '../../tools/check-size.mjs';
import { translate } from '../../tools/generate-abi.mjs';
import { isNewEnough, parseEmccVersion } from '../../tools/lib/emscripten.mjs';
import { isInstalled } from '../../tools/lib/npm.mjs';
import { readClosingLine, readGoogleTest, readTap } from '../../tools/lib/runners.mjs';
import { scratchFolder } from './support.mjs';

const violations = (path, text) => findViolations([{ path, text }]).length;

test('direction: a folder of wasm/ may include itself and what stands before it', () => {
  assert.equal(violations('wasm/dsp/a.cc', '#include "dsp/a.h"\n#include "base/status.h"\n#include <cmath>\n'), 0);
  assert.equal(violations('wasm/jitter/a.cc', '#include "codec/opus_decoder.h"\n'), 1);
  assert.equal(violations('wasm/base/a.h', '  #  include "dsp/window.h"\n'), 1);
  assert.equal(violations('wasm/codec/a.h', '#include "dsp/window.h"\n'), 1);
  assert.equal(violations('wasm/pipeline/a.h', '#include "codec/g711.h"\n#include "bindings/abi.h"\n'), 1);
});

test('direction: Emscripten, Opus, Ogg, libvpx and openh264 headers stay where they belong', () => {
  assert.equal(violations('wasm/bindings/a.cc', '#include <emscripten.h>\n'), 0);
  assert.equal(violations('wasm/dsp/simd.h', '#include <wasm_simd128.h>\n'), 0);
  assert.equal(violations('wasm/codec/vp8_kernels_variance.cc', '#include <wasm_simd128.h>\n'), 0);
  assert.equal(violations('wasm/codec/vp8_kernels_loop_filter.cc', '#include <wasm_simd128.h>\n'), 0);
  assert.equal(violations('wasm/codec/vp8_decoder.cc', '#include <wasm_simd128.h>\n'), 1);
  assert.equal(violations('wasm/agc/a.cc', '#include <emscripten/emscripten.h>\n'), 1);
  assert.equal(violations('wasm/codec/a.cc', '#include <opus.h>\n#include <ogg/ogg.h>\n#include "opus_multistream.h"\n'), 0);
  assert.equal(violations('wasm/jitter/a.h', '#include <opus/opus.h>\n'), 1);
  assert.equal(violations('wasm/pipeline/a.h', '#include <ogg/ogg.h>\n'), 1);
  assert.equal(violations('wasm/codec/vp8_decoder.cc', '#include <vpx/vp8dx.h>\n#include <vpx/vpx_decoder.h>\n'), 0);
  assert.equal(violations('wasm/codec/vp8_decoder.h', '#include <vpx/vpx_decoder.h>\n#include "codec/vp8_frame_header.h"\n'), 1);
  assert.equal(violations('wasm/bindings/a.cc', '#include <vpx/vp8cx.h>\n'), 1);
  assert.equal(violations('wasm/codec/h264_encoder.cc', '#include <wels/codec_api.h>\n'), 0);
  assert.equal(violations('wasm/codec/h264_bitstream.cc', '#include <wels/codec_api.h>\n'), 1);
});

test('direction: the code of other threads imports only what both sides share; the site only the package', () => {
  assert.equal(violations('js/src/worklet/a.ts', "import { X } from '../protocol.js';\nimport type { Y } from '../wasm/abi.js';\nimport './b.js';\n"), 0);
  assert.equal(violations('js/src/worklet/a.ts', "import { X } from '../worker/b.js';\n"), 1);
  assert.equal(violations('js/src/worker/a.ts', "import {\n  X,\n  Y,\n} from '../engine.js';\n"), 1);
  assert.equal(violations('js/src/worker/a.ts', "export * from '../errors.js';\nconst z = import('../call/sender.js');\n"), 2);
  assert.equal(violations('site/app/a.ts', "import * as Earshot from 'earshot';\nimport './b.js';\n"), 0);
  assert.equal(violations('site/app/a.ts', "import { X } from '../../js/src/engine.js';\n"), 1);
});

test('sizes: what exceeds its budget or was not built is named', () => {
  const sizes = { 'a.wasm': { raw: 300, gzip: 200, brotli: 100 } };
  assert.deepEqual(findExcess(sizes, { 'a.wasm': { brotli: 100, raw: 300 } }), []);
  assert.deepEqual(findExcess(sizes, { 'a.wasm': { brotli: 99 } }), ['dist/a.wasm: 100 bytes brotli, 99 allowed']);
  assert.deepEqual(findExcess(sizes, { 'b.wasm': { brotli: 99 } }), ['dist/b.wasm has a budget and was not built']);
  assert.deepEqual(findExcess(sizes, { 'b.wasm': { brotli: 99, optional: true } }), []);
  assert.deepEqual(findExcess(sizes, { 'a.wasm': { brotli: 99, optional: true } }), ['dist/a.wasm: 100 bytes brotli, 99 allowed']);
  const { raw, gzip, brotli } = measure(Buffer.alloc(10_000, 'ab'));
  assert.equal(raw, 10_000);
  assert.ok(brotli < 100 && gzip < 100);
});

test('ABI: enums and constants keep their numbers, C++ counts on where no value is given', () => {
  const header = `
/// What can be set.
enum class Param : int {
  kFirst = 3,  ///< In dB.
  /// Switch.
  kSecond,
  // for the reader of the header alone
  kLast = -1
};
/// Bytes.
inline constexpr int kMaxPacketBytes = 1500;`;
  assert.equal(translate(header), `/** What can be set. */
export enum Param {
  /** In dB. */
  First = 3,
  /** Switch. */
  Second = 4,
  Last = -1,
}

/** Bytes. */
export const MAX_PACKET_BYTES = 1500;
`);
  assert.throws(() => translate('enum Mask { kA = 1 << 3 };'), /needs an integer literal/);
});

test('Emscripten: versions are read and compared as numbers', () => {
  const text = 'emcc (Emscripten gcc/clang-like replacement + linker emulating GNU ld) 4.0.10 (abcdef)\nCopyright';
  assert.deepEqual(parseEmccVersion(text), [4, 0, 10]);
  assert.deepEqual(['3.1.69', '3.1.100', '3.2.0', '4.0.1', '3.1.68', '3.0.70', '2.9.99'].map((version) => isNewEnough(version.split('.').map(Number))),
    [true, true, true, true, false, false, false]);
  assert.equal(parseEmccVersion('command not found'), null);
});

test('npm: packages count as installed only when versions and hashes are those of the lock file', () => {
  const folder = scratchFolder();
  const wanted = { packages: { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x' }, 'node_modules/b': { version: '1.0.0', integrity: 'y', optional: true } } };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(wanted));
  assert.equal(isInstalled(folder), false);
  mkdirSync(join(folder, 'node_modules'));
  const record = (packages) => writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  record({ 'node_modules/a': { version: '1.0.0', integrity: 'x' } });
  assert.equal(isInstalled(folder), true);
  record({ 'node_modules/a': { version: '1.0.1', integrity: 'x' } });
  assert.equal(isInstalled(folder), false);
});

test('counts: GoogleTest reports', () => {
  const report = { testsuites: [{ name: 'S', testsuite: [
    { name: 'good', status: 'RUN', result: 'COMPLETED' },
    { name: 'bad', status: 'RUN', result: 'COMPLETED', failures: [{ failure: 'expected 1' }] },
    { name: 'skipped', status: 'RUN', result: 'SKIPPED' },
    { name: 'DISABLED_off', status: 'NOTRUN', result: 'SUPPRESSED' },
  ] }] };
  const { passed, failed, skipped, problems } = readGoogleTest(report, 'dsp');
  assert.deepEqual([passed, failed, skipped], [1, 1, 2]);
  assert.match(problems[0], /^dsp: S\.bad\n\s+expected 1$/);
});

test("counts: TAP's closing lines, and output without them is a failure", () => {
  const tap = "not ok 1 - adds\n  ---\n  error: 'three'\n  ...\n# tests 4\n# pass 2\n# fail 1\n# cancelled 0\n# skipped 1\n# todo 0\n";
  assert.deepEqual(readTap(tap), { passed: 2, failed: 1, skipped: 1, problems: ["adds: 'three'"] });
  assert.throws(() => readTap('ok 1 - adds\n'), /closing lines/);
});

test('counts: a closing line, and output without one is a failure', () => {
  assert.deepEqual(readClosingLine('FAIL x\n3 passed, 1 failed\n'), { passed: 3, failed: 1, skipped: 0, problems: [] });
  assert.deepEqual(readClosingLine('3 passed, 0 failed, 2 skipped\n').skipped, 2);
  assert.throws(() => readClosingLine('3 passed, 0 failed\nSegmentation fault\n'), /closing line/);
});
