// A failure a person can act on: printed as its message alone, without a stack trace.

export class ToolError extends Error {
  /**
   * @param {string} message what is wrong and what to do
   * @param {{logFile?: string, cause?: unknown}} [details]
   */
  constructor(message, { logFile, cause } = {}) {
    super(message, { cause });
    this.name = 'ToolError';
    this.logFile = logFile;
  }
}

/** Turns the errors of a full disk, a read-only folder or a missing program into sentences. */
export function explain(error) {
  if (error instanceof ToolError) return error;
  const where = error?.path ? ` (${error.path})` : '';
  switch (error?.code) {
    case 'ENOSPC':
      return new ToolError(`The disk is full${where}. Set-up and build need about 4 GB; free some space and run the command again.`, { cause: error });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new ToolError(`Writing is not allowed${where}. Check the folder's owner, or set XDG_CACHE_HOME to a folder of your own.`, { cause: error });
    default:
      return error;
  }
}

/** Runs a tool's main function; its failure is the exit code and at most one message. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (thrown) {
    const error = explain(thrown);
    console.error(error instanceof ToolError ? `\nerror: ${error.message}` : error);
    process.exitCode = 1;
  }
}
