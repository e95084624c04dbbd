import { closeSync, openSync, readSync } from 'node:fs';
import { fileError } from './input-error.js';

const BUFFER_BYTES = 65536;

/** A file or pipe read from front to back. */
export class SequentialInput {
  readonly #fd: number;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #start = 0;
  #end = 0;

  constructor(readonly path: string) {
    try {
      this.#fd = openSync(path, 'r');
    } catch (error) {
      throw fileError('read', path, error);
    }
  }

  /** Fills `bytes`; returns how many there were, fewer only at the end of the file. */
  read(bytes: Uint8Array): number {
    let done = this.#takeBuffered(bytes);
    while (done < bytes.length) {
      const count = this.#readInto(bytes.subarray(done));
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  /**
   * The text up to the next newline, which is taken and not returned; undefined at the end of the file. A line that does not end
   * within `limit` bytes is returned cut off after them.
   */
  readLine(limit: number): string | undefined {
    let line = '';
    while (line.length < limit) {
      if (this.#start === this.#end) {
        this.#start = 0;
        this.#end = this.#readInto(this.#buffer);
        if (this.#end === 0) return line === '' ? undefined : line;
      }
      const byte = this.#buffer[this.#start++]!;
      if (byte === 0x0a) break;
      line += String.fromCharCode(byte);
    }
    return line;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #takeBuffered(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.#end - this.#start);
    bytes.set(this.#buffer.subarray(this.#start, this.#start + count));
    this.#start += count;
    return count;
  }

  #readInto(bytes: Uint8Array): number {
    try {
      return readSync(this.#fd, bytes);
    } catch (error) {
      throw fileError('read', this.path, error);
    }
  }
}

/** Runs `use` on the opened file and closes it. */
export function readSequentially<T>(path: string, use: (input: SequentialInput) => T): T {
  const input = new SequentialInput(path);
  try {
    return use(input);
  } finally {
    input.close();
  }
}
