import { EarshotError, EarshotErrorEvent } from './errors.js';

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

interface FollowedNode {
  readonly state: State;
  readonly error: EarshotError | undefined;
  readonly addEventListener: TypedListeners<EarshotEventMap>;
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

  /** Goes the way of the node that carries the sound, up to its end. */
  follow(node: FollowedNode): void {
    node.addEventListener('error', ({ error }) => this.fail(error));
    node.addEventListener('statechange', () => {
      if (node.state === 'running' || (node.state === 'bypassed' && !node.error)) this.settle(node.state);
    });
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

/** `addEventListener()` and its opposite, of an object that fires `Events`. */
export interface TypedListeners<Events> {
  <K extends keyof Events>(
    type: K,
    listener: (event: Events[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  (type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}

/** An object of ours that is not itself a node: a life cycle, and events of which `statechange` and `error` are always among. */
export abstract class LifecycleTarget<Events extends EarshotEventMap = EarshotEventMap> extends EventTarget {
  /** @internal */
  protected readonly lifecycle = new Lifecycle(this);
  declare addEventListener: TypedListeners<Events>;
  declare removeEventListener: TypedListeners<Events>;

  get state(): State {
    return this.lifecycle.state;
  }

  /** Resolves when our WebAssembly is in place; rejects with an EarshotError when it never will be. */
  get ready(): Promise<void> {
    return this.lifecycle.ready;
  }

  /** The fault after which the dry sound flows, if there was one. */
  get error(): EarshotError | undefined {
    return this.lifecycle.error;
  }
}
