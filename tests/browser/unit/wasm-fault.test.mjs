import assert from 'node:assert/strict';
import { it } from 'node:test';

import { trapAfter } from '../harness/wasm-fault.mjs';

// (module (import "env" "twice" (func $twice (param i32) (result i32)))
//   (func (export "run") (param i32 i32) (result i32) local.get 0 call $twice local.get 1 i32.add) (func (export "other") …))
const module = Buffer.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  1, 12, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7f,
  2, 13, 1, 3, ...Buffer.from('env'), 5, ...Buffer.from('twice'), 0, 0,
  3, 3, 2, 1, 1,
  7, 15, 2, 3, ...Buffer.from('run'), 0, 1, 5, ...Buffer.from('other'), 0, 2,
  10, 19, 2, 9, 0, 0x20, 0, 0x10, 0, 0x20, 1, 0x6a, 0x0b, 7, 0, 0x20, 0, 0x20, 1, 0x6b, 0x0b,
]);
const instantiate = (bytes) =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { twice: (x) => 2 * x } }).exports;

it('the sample module is valid', () => assert.equal(instantiate(module).run(3, 4), 10));

it('the named export works for the given number of calls and then traps, every time', () => {
  const { run, other } = instantiate(trapAfter(module, 'run', 200));
  for (let i = 0; i < 200; ++i) assert.equal(run(i, 1), 2 * i + 1);
  assert.throws(() => run(1, 1), WebAssembly.RuntimeError);
  assert.throws(() => run(1, 1), WebAssembly.RuntimeError);
  assert.equal(other(9, 4), 5);
});

it('a module without that export is left as it is', () => {
  assert.deepEqual(trapAfter(module, 'absent', 1), module);
});
