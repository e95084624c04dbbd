// What the loader, the worklet and the budget rely on: read from the built files themselves.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { dist, earshot, report, root, scratchFolder } from './support/earshot.mjs';

/** The deep ones have no scalar variant, and are not there with an older libopus. */
const deep = ['playout-deep', 'encoder-deep'].filter((name) => existsSync(join(dist, `earshot-${name}.wasm`)));
const variants = [...['worklet', 'audio', 'file', 'video', 'h264'].flatMap((name) => [[name, ''], [name, '-scalar']]), ...deep.map((name) => [name, ''])];
/** With SIMD128 only, and the only one that imports something: its memory. */
const threaded = 'video-threads';
const listedExports = (name) => readFileSync(join(root, `wasm/bindings/exports/${name}.txt`), 'utf8').trim().split('\n').map((line) => line.slice(1));
const exportedFunctions = (module) => WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function').map((entry) => entry.name);
/** The start function and Emscripten's own access to its stack. */
const runtime = /^(_initialize|_?emscripten_)/;
const bytesOf = (name, suffix) => readFileSync(join(dist, `earshot-${name}${suffix}.wasm`));
const abi = readFileSync(join(root, 'wasm/bindings/abi.h'), 'utf8');

for (const [name, suffix] of variants) {
  test(`earshot-${name}${suffix}.wasm imports nothing and exports its list`, () => {
    const module = new WebAssembly.Module(bytesOf(name, suffix));
    assert.deepEqual(WebAssembly.Module.imports(module), []);
    const exported = exportedFunctions(module);
    assert.deepEqual(exported.filter((entry) => !runtime.test(entry)).sort(), listedExports(name).sort());
    assert.ok(exported.includes('_initialize'));
    const { exports } = new WebAssembly.Instance(module, {});
    exports._initialize();
    assert.equal(exports.abi_version(), Number(/kAbiVersion = (\d+)/.exec(abi)[1]));
    if (['file', 'video', 'h264'].includes(name)) return;
    // Fixed: the engine cannot move the memory under the views of the worklet.
    assert.throws(() => exports.memory.grow(1), RangeError);
  });
}

test(`earshot-${threaded}.wasm imports its memory alone and exports its list: that of the module without threads and what threads need`, () => {
  const module = new WebAssembly.Module(bytesOf(threaded, ''));
  assert.deepEqual(WebAssembly.Module.imports(module), [{ module: 'env', name: 'memory', kind: 'memory' }]);
  const exported = exportedFunctions(module).filter((entry) => !runtime.test(entry)).sort();
  assert.deepEqual(exported, listedExports(threaded).sort());
  assert.deepEqual(exported.filter((entry) => !/^threads?_/.test(entry)), listedExports('video').sort());
});

for (const suffix of ['', '-scalar']) {
  test(`the largest chains fit into the memory of earshot-worklet${suffix}.wasm, the smallest refuse nonsense`, () => {
    const module = new WebAssembly.Module(bytesOf('worklet', suffix));
    const make = (f) => {
      const { exports } = new WebAssembly.Instance(module, {});
      exports._initialize();
      return f(exports);
    };
    for (const rate of [8000, 22050, 44100, 48000, 88200, 96000, 192000]) {
      for (const stages of [0, 1]) assert.ok(make((e) => e.capture_create(rate, 2, 2048, 1, stages)) > 0, `capture at ${rate} Hz`);
      for (const codec of [0, 1, 2]) if (rate <= 96000) assert.ok(make((e) => e.playout_create(rate, 2, 2048, codec)) > 0, `playout of codec ${codec} at ${rate} Hz`);
    }
    make((e) => {
      for (const args of [[0, 1, 128, 1, 1], [48000, 3, 128, 1, 1], [48000, 0, 128, 1, 1], [48000, 1, 0, 1, 1], [48000, 1, 128, 1, 2]]) assert.equal(e.capture_create(...args), 0);
      for (const args of [[0, 1, 128], [48000, 3, 128], [48000, 1, -1], [48000, 1, 128, 3], [48000, 1, 128, -1]]) assert.equal(e.playout_create(...args), 0);
      const handle = e.capture_create(48000, 1, 128, 128, 1);
      assert.ok(e.capture_process(handle, 129) < 0);
      assert.ok(e.capture_set(handle, 0, NaN) < 0);
      assert.ok(e.capture_set(handle, 99, 1) < 0);
      // Gain parameters: the target, and one beyond its range.
      assert.equal(e.capture_set(handle, 3, -30), 0);
      assert.ok(e.capture_set(handle, 3, -4) < 0);
      assert.ok(e.capture_set(handle, 3, NaN) < 0);
      // Exact, and 20 ms at most.
      assert.equal(e.capture_latency(handle), 128 + 512 + 72);
      assert.equal(e.capture_latency(e.capture_create(48000, 1, 128, 128, 0)), 72);
    });
  });
}

test('the largest deep chain and encoder fit into their memory, and run', { skip: deep.length === 0 && 'no deep modules in this build' }, () => {
  const make = (name) => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytesOf(name, '')), {});
    exports._initialize();
    return exports;
  };
  for (const codec of [0, 1, 2]) {
    const e = make('playout-deep');
    const handle = e.playout_create(96000, 2, 2048, codec);
    assert.ok(handle > 0, `playout of codec ${codec}`);
    for (let i = 0; i < 20; i++) assert.equal(e.playout_process(handle, 2048), 2048);
  }
  for (const application of [0, 1, 2]) {
    const e = make('encoder-deep');
    const handle = e.encoder_create(48000, 2, application);
    assert.ok(handle > 0, `encoder for application ${application}`);
    for (const [param, value] of [[0, 128000], [1, 10], [3, 20], [8, 1000]]) assert.equal(e.encoder_set(handle, param, value), 0);
    for (let i = 0; i < 100; i++) assert.ok(e.encoder_encode(handle, 960) > 0);
  }
});

test('what drift of the clocks took is told across the boundary', () => {
  const { exports: e } = new WebAssembly.Instance(new WebAssembly.Module(bytesOf('worklet', '')), {});
  e._initialize();
  const handle = e.playout_create(48000, 1, 480, 0);
  // 20 ms of Opus silence, and a sender whose clock is 300 ppm fast.
  const packet = Uint8Array.of(0xf8, 0xff, 0xfe);
  const ticks = 30000;
  for (let tick = 0, sent = 0; tick < ticks; tick++) {
    for (; sent * 960 <= tick * 480 * (1 + 300e-6); sent++) {
      new Uint8Array(e.memory.buffer, e.playout_packet(handle), packet.length).set(packet);
      e.playout_insert(handle, packet.length, 111, 1, sent & 0xffff, (sent * 960) >>> 0);
    }
    e.playout_process(handle, 480);
  }
  const field = Number(/kResampledSamples = (\d+)/.exec(abi)[1]);
  const resampled = new Float64Array(e.memory.buffer, e.playout_stats(handle), field + 1)[field];
  const drift = ticks * 480 * 300e-6;
  // It takes a minute or two to be sure of it.
  assert.ok(resampled > 0.3 * drift && resampled < 1.2 * drift, `${resampled} of ${drift} samples`);
});

test('info reports the files that are there', () => {
  const info = report(scratchFolder(), 'info');
  assert.deepEqual(Object.keys(info), ['version', 'toolchain', 'libraries', 'deep', 'simd', 'modules']);
  assert.equal(info.version, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
  assert.match(info.toolchain, /^Emscripten \d+\.\d+\.\d+/);
  assert.match(info.libraries.opus, /^\d+\.\d+/);
  assert.match(info.libraries.ogg, /^\d+\.\d+/);
  assert.match(info.libraries.vpx, /^\d+\.\d+/);
  assert.match(info.libraries.openh264, /^\d+\.\d+/);
  assert.equal(info.simd, true);
  assert.equal(info.deep, deep.length === 2);
  assert.equal(Object.keys(info.modules).length, 11 + deep.length);
  for (const [name, suffix] of [...variants, [threaded, '']]) {
    const bytes = bytesOf(name, suffix);
    assert.deepEqual(info.modules[`earshot-${name}${suffix}.wasm`], {
      raw: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      brotli: brotliCompressSync(bytes).length,
    });
  }
  const { stdout } = earshot(scratchFolder(), 'info');
  assert.match(stdout, info.deep ? /\ndeep +yes/ : /\ndeep +no: libopus 1\.5/);
  assert.match(stdout, /earshot-worklet\.wasm +\d+ +\d+ +\d+\n/);
});
