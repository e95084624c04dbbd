/**
 * What can go wrong, as a closed list. Every error also says in words what to do; the code is for programs.
 *
 * - `invalid-argument`: an option is out of its documented range, or an input is not what the function takes. Fix the call.
 * - `invalid-state`: the object is closed, or the sender or receiver already has an attachment.
 * - `unsupported`: this browser lacks an interface that is needed; see `support()`.
 * - `asset-load`: the worklet, worker or wasm file could not be loaded: wrong `baseUrl`, offline, or blocked by CSP or CORS.
 * - `wasm-compile`: the wasm file arrived but does not compile: truncated, replaced, or wasm forbidden by CSP.
 * - `wasm-fault`: WebAssembly trapped or refused while running. The dry sound flows; make a new object to try again.
 * - `context`: an AudioContext is closed or cannot take this track.
 * - `transform-taken`: the sender or receiver has a transform that is not ours (end-to-end encryption, for example).
 * - `transform-late`: no frame ever reached the transform, because it was attached after negotiation.
 */
export type EarshotErrorCode =
  | 'invalid-argument'
  | 'invalid-state'
  | 'unsupported'
  | 'asset-load'
  | 'wasm-compile'
  | 'wasm-fault'
  | 'context'
  | 'transform-taken'
  | 'transform-late';

/** The part of the library an error comes from. */
export type EarshotModule = 'engine' | 'capture' | 'sender' | 'receiver' | 'tap' | 'playout' | 'mixer';

/** Every error of the library. The message says what to do. */
export class EarshotError extends Error {
  override readonly name = 'EarshotError';

  constructor(
    /** For programs: which kind of error. */
    readonly code: EarshotErrorCode,
    /** Where it happened. */
    readonly module: EarshotModule,
    /** What was being done, for example `load earshot-audio.wasm`. */
    readonly operation: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** `error` itself when it is one of ours, else wrapped. */
  static from(
    error: unknown,
    code: EarshotErrorCode,
    module: EarshotModule,
    operation: string,
    advice: string,
  ): EarshotError {
    if (error instanceof EarshotError) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return new EarshotError(code, module, operation, `${operation} failed (${reason}). ${advice}`, { cause: error });
  }
}

/** The `error` event of every Earshot object: fired once per fault, after which the dry sound flows. */
export class EarshotErrorEvent extends Event {
  constructor(readonly error: EarshotError) {
    super('error');
  }
}
