/** Views of a module's memory, and what its integers mean. */
import { StatusCode } from './abi.js';

const REASONS: Readonly<Record<number, string>> = {
  [StatusCode.InvalidArgument]: 'an argument is out of range',
  [StatusCode.Unsupported]: 'this build does not provide it',
  [StatusCode.CorruptData]: 'the data does not follow its format',
  [StatusCode.BufferTooSmall]: 'a buffer is too small',
  [StatusCode.FailedPrecondition]: 'it is not possible in this state',
  [StatusCode.Internal]: 'a library reported an error',
};

/** `result` if it is a count, else an error that names the export. Allocates only to throw. */
export function checked(result: number, operation: string): number {
  if (result < 0) throw new Error(`${operation}: ${REASONS[result] ?? `status ${result}`}`);
  return result;
}

/** `handle` unless it is null. */
export function created(handle: number, operation: string): number {
  if (handle === 0) throw new Error(`${operation}: an argument is out of range, or there is no memory left`);
  return handle;
}

/** A NUL-terminated ASCII text; the AudioWorklet scope has no TextDecoder. */
export function readText(memory: WebAssembly.Memory, pointer: number): string {
  const bytes = new Uint8Array(memory.buffer, pointer);
  let text = '';
  for (let i = 0; bytes[i]; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/**
 * A view that outlives the growth of its memory: `get()` makes it anew when the buffer behind it was replaced, and costs a
 * comparison otherwise.
 */
export class HeapView<View extends Float32Array | Float64Array | Int16Array | Uint8Array> {
  #view: View;

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly make: (buffer: ArrayBuffer) => View,
  ) {
    this.#view = make(memory.buffer as ArrayBuffer);
  }

  get(): View {
    if (this.#view.buffer !== this.memory.buffer) this.#view = this.make(this.memory.buffer as ArrayBuffer);
    return this.#view;
  }
}
