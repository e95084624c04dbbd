import { EarshotError, type EarshotModule } from '../errors.js';
import { LifecycleTarget } from '../lifecycle.js';
import type { PayloadTypes, PipeSide } from '../protocol.js';
import type { TransformOwner, TransformKind } from './transform.js';
import type { PipeUser, TransformPipe } from './transform-pipe.js';
import type { WorkerHost } from './worker-host.js';

/** What sender and receiver attachments have in common: a life cycle and a pipe in the worker. Fires `statechange` and `error`. */
export abstract class Attachment<Report> extends LifecycleTarget {
  #pipe: TransformPipe | undefined;
  #answers = false;

  /** @internal */
  protected constructor(
    private readonly owner: TransformOwner,
    private readonly side: PipeSide,
    private readonly host: WorkerHost,
  ) {
    super();
  }

  /** Frees everything of ours. The call goes on with its native sound. */
  dispose(): void {
    const reason = new EarshotError('invalid-state', this.side, 'dispose', 'Disposed, or its connection closed, before it ran.');
    if (!this.lifecycle.close(reason)) return;
    this.#answers = false;
    this.onSilence();
    this.onDispose();
    if (this.#pipe) this.host.release(this.#pipe);
    this.#pipe = undefined;
  }

  /**
   * Puts the owner under our transform. A browser that cannot is no reason to break the call: that becomes the `error` event,
   * fired when the page has had the chance to listen. A second attachment is the page's mistake and throws.
   * @internal
   */
  protected openPipe(wanted: 'auto' | TransformKind): boolean {
    const user: PipeUser = {
      onReport: (report) => this.onReport(report as Report),
      onTick: () => this.onTick(),
      onEnded: () => {
        this.#pipe = undefined;
        this.dispose();
      },
      onLost: (error) => {
        this.#answers = false;
        this.onSilence();
        this.lifecycle.fail(error);
      },
    };
    try {
      this.#pipe = this.host.open(this.owner, this.side, wanted, user);
      this.#answers = true;
      return true;
    } catch (error) {
      if (error instanceof EarshotError && error.code === 'invalid-state') throw error;
      queueMicrotask(() => this.fail(error, 'unsupported', 'attach', 'The native sound flows.'));
      return false;
    }
  }

  /** @internal Whether there is a pipe in the worker that answers questions. */
  protected get answers(): boolean {
    return this.#answers;
  }

  /** @internal */
  protected send(command: object, transfer: Transferable[] = []): void {
    this.#pipe?.port.postMessage(command, transfer);
  }

  /** @internal */
  protected sendPayloadTypes(): void {
    const mimeTypes: Record<number, string> = {};
    for (const { payloadType, mimeType } of this.owner.getParameters().codecs ?? []) {
      mimeTypes[payloadType] = mimeType.toLowerCase();
    }
    this.send({ type: 'payload-types', mimeTypes } satisfies PayloadTypes);
  }

  /** @internal */
  protected fail(error: unknown, code: EarshotError['code'], operation: string, advice: string): void {
    this.lifecycle.fail(EarshotError.from(error, code, this.side satisfies EarshotModule, operation, advice));
  }

  /** @internal */
  protected abstract onReport(report: Report): void;

  /** @internal A few times a second while attached. */
  protected abstract onTick(): void;

  /** @internal No question will be answered any more, open ones included. */
  protected onSilence(): void {}

  /** @internal Frees what the subclass holds; called once. */
  protected abstract onDispose(): void;
}
