import { readFileSync } from 'node:fs';
import { simdSupported } from '../wasm/loader.js';
import { fileError } from './input-error.js';

export type ModuleName = 'worklet' | 'audio' | 'file';

/** Where a module's file lies: beside the bundled command. */
export function moduleUrl(name: ModuleName, simd = simdSupported()): URL {
  return new URL(`./earshot-${name}${simd ? '' : '-scalar'}.wasm`, import.meta.url);
}

/** The same WebAssembly that pages load. */
export function loadModule(name: ModuleName): WebAssembly.Module {
  const url = moduleUrl(name);
  try {
    return new WebAssembly.Module(readFileSync(url));
  } catch (error) {
    throw fileError('load', url.pathname, error);
  }
}
