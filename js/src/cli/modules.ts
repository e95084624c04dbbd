import { existsSync, readFileSync } from 'node:fs';
import { simdSupported } from '../wasm/loader.js';
import { fileError, InputError } from './input-error.js';

export type ModuleName = 'worklet' | 'audio' | 'file' | 'video' | 'video-threads' | 'h264' | 'playout-deep' | 'encoder-deep';

/** Made from libopus's networks: there is no form without SIMD, and none where the build has an older libopus. */
const DEEP: readonly ModuleName[] = ['playout-deep', 'encoder-deep'];

/** Where a module's file lies: beside the bundled command. */
export function moduleUrl(name: ModuleName, simd = simdSupported() || DEEP.includes(name)): URL {
  return new URL(`./earshot-${name}${simd ? '' : '-scalar'}.wasm`, import.meta.url);
}

/** The same WebAssembly that pages load. */
export function loadModule(name: ModuleName): WebAssembly.Module {
  const url = moduleUrl(name);
  if (DEEP.includes(name) && !existsSync(url)) {
    throw new InputError('this build is without deep concealment and redundancy: they need libopus 1.6 or newer (see npx earshot info)');
  }
  try {
    return new WebAssembly.Module(readFileSync(url));
  } catch (error) {
    throw fileError('load', url.pathname, error);
  }
}
