import { EarshotErrorEvent, type EarshotError } from './errors.js';

/**
 * - `loading`: files are on their way; the dry sound flows.
 * - `running`: WebAssembly carries the sound.
 * - `bypassed`: the dry sound flows, on request or after a fault.
 * - `closed`: disposed, or its track or connection has ended.
 */
export type State = 'loading' | 'running' | 'bypassed' | 'closed';

/** Events of every Earshot object. */
export interface EarshotEventMap {
  statechange: Event;
  error: EarshotErrorEvent;
}

/**
 * State, readiness and the latched fault of one Earshot object; the events are fired at the object itself. A fault is final:
 * the first is reported, later ones and later states are not, until `closed`.
 */
export class Lifecycle {
  readonly ready: Promise<void>;
  #state: State = 'loading';
  #error: EarshotError | undefined;
  #resolve!: () => void;
  #reject!: (error: EarshotError) => void;

  constructor(private readonly target: EventTarget) {
    this.ready = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // The `error` event reports as well; a page that listens to that alone must not see an unhandled rejection.
    this.ready.catch(() => {});
  }

  get state(): State {
    return this.#state;
  }

  /** The fault that ended our processing, if any. */
  get error(): EarshotError | undefined {
    return this.#error;
  }

  /** The WebAssembly is in place: carrying the sound, or bypassed on request. */
  settle(state: 'running' | 'bypassed'): void {
    if (this.#error || this.#state === 'closed') return;
    this.#resolve();
    this.#enter(state);
  }

  /** Latches the first fault, leaves the object bypassed and reports it. */
  fail(error: EarshotError): void {
    if (this.#error || this.#state === 'closed') return;
    this.#error = error;
    this.#reject(error);
    this.#enter('bypassed');
    this.target.dispatchEvent(new EarshotErrorEvent(error));
  }

  /** Final. `reason` rejects `ready` if nothing has settled it yet. Returns false if it was closed before. */
  close(reason: EarshotError): boolean {
    if (this.#state === 'closed') return false;
    this.#reject(reason);
    this.#enter('closed');
    return true;
  }

  #enter(state: State): void {
    if (state === this.#state) return;
    this.#state = state;
    this.target.dispatchEvent(new Event('statechange'));
  }
}
