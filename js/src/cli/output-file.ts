import { closeSync, openSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { fileError } from './input-error.js';

/**
 * A file that appears whole or not at all: written under another name beside its place, moved there by commit(). What is not a
 * regular file (/dev/stdout, /dev/null) is written directly.
 */
export class OutputFile {
  readonly #fd: number;
  readonly #written: string;
  #open = true;

  constructor(readonly path: string) {
    const special = statSync(path, { throwIfNoEntry: false });
    if (special?.isDirectory()) throw fileError('write', path, Object.assign(new Error(), { code: 'EISDIR' }));
    this.#written = special && !special.isFile() ? path : `${path}.${process.pid}.part`;
    try {
      this.#fd = openSync(this.#written, 'w');
    } catch (error) {
      throw fileError('write', path, error);
    }
  }

  /** Appends, or overwrites at `position`. */
  write(bytes: Uint8Array, position?: number): void {
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#fd, bytes, done, bytes.length - done, position === undefined ? null : position + done);
      }
    } catch (error) {
      throw fileError('write', this.path, error);
    }
  }

  /** Whether parts already written can be overwritten. */
  get seekable(): boolean {
    return this.#written !== this.path;
  }

  commit(): void {
    this.#close();
    try {
      if (this.seekable) renameSync(this.#written, this.path);
    } catch (error) {
      unlinkSync(this.#written);
      throw fileError('write', this.path, error);
    }
  }

  /** Leaves nothing behind. Harmless after commit(). */
  discard(): void {
    if (!this.#open) return;
    this.#close();
    if (this.seekable) unlinkSync(this.#written);
  }

  #close(): void {
    this.#open = false;
    closeSync(this.#fd);
  }
}

/** Runs `fill` on a new file at `path`: committed when it returns, discarded when it throws. */
export function writeFile<T>(path: string, fill: (file: OutputFile) => T): T {
  const file = new OutputFile(path);
  try {
    const result = fill(file);
    file.commit();
    return result;
  } catch (error) {
    file.discard();
    throw error;
  }
}
