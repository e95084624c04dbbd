import type { Fault } from '../protocol.js';

/** A chain that cannot be made or run, as the window is told. */
export function chainFault(code: Fault['code'], error: unknown): Fault {
  const reason = error instanceof Error ? error.message : String(error);
  const operation = code === 'wasm-compile' ? 'instantiate earshot-worklet.wasm' : 'run earshot-worklet.wasm';
  return { type: 'fault', code, operation, reason };
}
