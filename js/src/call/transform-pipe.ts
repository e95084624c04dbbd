import { EarshotError } from '../errors.js';
import type { PipeSide } from '../protocol.js';
import { hasEnded, type TransformKind, type TransformOwner } from './transform.js';

/** The attachment that uses a pipe. */
export interface PipeUser {
  /** A message of the pipe in the worker. */
  onReport(report: unknown): void;
  /** Called a few times a second while the connection is open. */
  onTick(): void;
  /** The connection has closed. */
  onEnded(): void;
  /** The worker could not be loaded; frames pass natively. */
  onLost(error: EarshotError): void;
}

/** The window's end of one sender's or receiver's transform. Outlives its attachment, see WorkerHost. */
export class TransformPipe {
  readonly #owner: WeakRef<TransformOwner>;
  readonly #seen = { transport: false };
  #user: PipeUser | undefined;
  #ended = false;

  constructor(
    owner: TransformOwner,
    readonly side: PipeSide,
    readonly kind: TransformKind,
    readonly port: MessagePort,
    user: PipeUser,
  ) {
    this.#owner = new WeakRef(owner);
    this.#user = user;
    port.onmessage = ({ data }: MessageEvent) => this.#user?.onReport(data);
  }

  get owner(): TransformOwner | undefined {
    return this.#owner.deref();
  }

  get user(): PipeUser | undefined {
    return this.#user;
  }

  attach(user: PipeUser): void {
    if (this.#user || this.#ended) {
      const why = this.#ended ? `The ${this.side}'s connection is closed` : `This ${this.side} has an attachment`;
      const what = this.#ended ? 'attach to a new one.' : 'dispose of that first.';
      throw new EarshotError('invalid-state', this.side, 'attach', `${why}; ${what}`);
    }
    this.#user = user;
  }

  /** From now on the worker passes native frames. */
  detach(): void {
    this.#user = undefined;
    this.port.postMessage({ type: 'retire' });
  }

  /** Whether the connection has closed, or nobody can reach it any more. */
  hasEnded(): boolean {
    const { owner } = this;
    return !owner || hasEnded(owner, this.#seen);
  }

  close(): void {
    this.#ended = true;
    this.#user = undefined;
    this.port.close();
  }
}
