/**
 * From a module to a running instance, the same way in a window, worker, AudioWorklet and Node. The modules import nothing but, the
 * one with threads, its memory: there is no generated JavaScript.
 */
import { ABI_VERSION } from './abi.js';

/** A module whose one function ends in `i8x16.popcnt`, an instruction of SIMD128. */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** Whether this engine runs SIMD128; the `-scalar` modules serve where it does not. */
export function simdSupported(): boolean {
  return WebAssembly.validate(SIMD_PROBE);
}

/** The exports all modules share; the classes of this folder know the rest. */
export interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  abi_version(): number;
}

/**
 * Instantiates synchronously, as an AudioWorklet must; a module that shares its memory is given it. Throws when the module is of
 * another version than this code.
 */
export function instantiate<Exports extends ModuleExports>(module: WebAssembly.Module, memory?: WebAssembly.Memory): Exports {
  const instance = new WebAssembly.Instance(module, memory ? { env: { memory } } : {});
  const exports = (memory ? { ...instance.exports, memory } : instance.exports) as unknown as Exports;
  exports._initialize();
  const version = exports.abi_version();
  if (version !== ABI_VERSION) {
    throw new Error(
      `the WebAssembly file is of interface ${version}, this script of ${ABI_VERSION}: serve the files of one Earshot version together`,
    );
  }
  return exports;
}
