/** Something wrong with what the person gave: printed as one line, exit code 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many files are open',
};

/** `error` of a file operation on `path` in words. */
export function fileError(action: string, path: string, error: unknown): InputError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new InputError(`cannot ${action} ${path}: ${(code && reasons[code]) ?? message}`, { cause: error });
}
