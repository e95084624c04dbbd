import type { Engine } from '../engine.js';
import type { CodecFault } from '../video-protocol.js';
import { CodecWorker, type CodecKind, type VideoModule } from './codec-worker.js';

/** As `CodecState` of WebCodecs. */
export type CodecState = 'unconfigured' | 'configured' | 'closed';

/** Pictures or frames in the worker at a time: one it works on and one that waits. */
const MAX_IN_FLIGHT = 2;

type Flush = { readonly type: 'flush'; readonly id: number };
type CommonReport = { readonly type: 'done' } | { readonly type: 'flushed'; readonly id: number } | CodecFault;

interface Queued<Command> {
  readonly command: Command;
  /** Of a picture or frame: counted in the queue, and held back while enough are in flight. */
  readonly work?: { readonly transfer: Transferable[]; readonly discard: () => void };
}

interface Hooks<Report> {
  readonly onReport: (report: Report) => void;
  readonly onError: (error: DOMException) => void;
  readonly onDequeue: () => void;
}

/**
 * State, queue and worker of one `VideoEncoder`, `VideoDecoder` or `VideoTranscoder`, with the errors WebCodecs asks for. Every configured stretch
 * has a port of its own, so that nothing of an earlier one arrives after a reset.
 */
export class CodecSession<Command extends { readonly type: string }, Report extends { readonly type: string }> {
  #state: CodecState = 'unconfigured';
  #worker: CodecWorker | undefined;
  #port: MessagePort | undefined;
  /** Counts resets. */
  #stretch = 0;
  #queue: Queued<Command | Flush>[] = [];
  #queueSize = 0;
  #inFlight = 0;
  #lastFlush = 0;
  readonly #flushes = new Map<number, { resolve: () => void; reject: (error: DOMException) => void }>();
  #dequeueDue = false;

  constructor(
    private readonly engine: Engine,
    private readonly codec: CodecKind,
    private readonly hooks: Hooks<Exclude<Report, CommonReport>>,
  ) {}

  get state(): CodecState {
    return this.#state;
  }

  /** Work that is not with the codec yet. */
  get queueSize(): number {
    return this.#queueSize;
  }

  assertOpen(operation: string): void {
    if (this.#state === 'closed') throw invalidState(`${operation}: the codec is closed`);
  }

  assertConfigured(operation: string): void {
    if (this.#state !== 'configured') throw invalidState(`${operation}: the codec is ${this.#state}`);
  }

  /**
   * Queues a configuration that takes `modules`. `unsupported` says why there will be none, and closes the codec in its turn. The first of
   * a stretch says how many threads there are.
   */
  configure(command: Command, modules: readonly VideoModule[], unsupported?: string, threads = 1): void {
    this.assertOpen('configure');
    this.#state = 'configured';
    if (unsupported !== undefined) {
      const fail = () => this.#fail(new DOMException(unsupported, 'NotSupportedError'));
      // In its turn, which is now where nothing was configured before.
      if (this.#port) this.flush().then(fail, () => {});
      else this.#soon(fail);
      return;
    }
    try {
      this.#worker ??= new CodecWorker(this.engine, (reason) => this.#fail(new DOMException(reason, 'OperationError')));
      this.#worker.load(modules);
      this.#port ??= this.#open(this.#worker, threads);
    } catch (error) {
      this.#soon(() => this.#fail(new DOMException((error as Error).message, 'OperationError')));
      return;
    }
    this.send(command);
  }

  /** Queues a command that takes no time. */
  send(command: Command): void {
    this.#queue.push({ command });
    this.#pump();
  }

  /** Queues a picture or frame; `discard` is called instead when it is never sent. */
  submit(command: Command, transfer: Transferable[], discard: () => void = () => {}): void {
    this.#queue.push({ command, work: { transfer, discard } });
    this.#queueSize++;
    this.#pump();
  }

  flush(): Promise<void> {
    if (this.#state !== 'configured') return Promise.reject(invalidState(`flush: the codec is ${this.#state}`));
    const id = ++this.#lastFlush;
    const flushed = new Promise<void>((resolve, reject) => this.#flushes.set(id, { resolve, reject }));
    this.#queue.push({ command: { type: 'flush', id } });
    this.#pump();
    return flushed;
  }

  reset(): void {
    this.assertOpen('reset');
    this.#clear(new DOMException('the codec was reset', 'AbortError'));
    this.#state = 'unconfigured';
  }

  close(): void {
    this.assertOpen('close');
    this.#end(new DOMException('the codec was closed', 'AbortError'));
  }

  /** Unless something else became of the configuration by then. */
  #soon(run: () => void): void {
    const stretch = this.#stretch;
    queueMicrotask(() => {
      if (this.#stretch === stretch) run();
    });
  }

  #open(worker: CodecWorker, threads: number): MessagePort {
    const port = worker.open(this.codec, threads);
    port.onmessage = ({ data }: MessageEvent<Report>) => this.#onReport(data);
    return port;
  }

  #pump(): void {
    for (let next = this.#queue[0]; next && this.#port; next = this.#queue[0]) {
      if (next.work && this.#inFlight >= MAX_IN_FLIGHT) return;
      this.#queue.shift();
      this.#port.postMessage(next.command, next.work?.transfer ?? []);
      if (!next.work) continue;
      this.#inFlight++;
      this.#queueSize--;
      this.#scheduleDequeue();
    }
  }

  #onReport(report: Report | CommonReport): void {
    switch (report.type) {
      case 'done':
        this.#inFlight--;
        this.#pump();
        return;
      case 'flushed': {
        const { id } = report as Extract<CommonReport, { type: 'flushed' }>;
        this.#flushes.get(id)?.resolve();
        this.#flushes.delete(id);
        return;
      }
      case 'fault':
        this.#fail(new DOMException((report as CodecFault).reason, 'EncodingError'));
        return;
      default:
        this.hooks.onReport(report as Exclude<Report, CommonReport>);
    }
  }

  /** One event for all that leave the queue at a time. */
  #scheduleDequeue(): void {
    if (this.#dequeueDue) return;
    this.#dequeueDue = true;
    queueMicrotask(() => {
      this.#dequeueDue = false;
      this.hooks.onDequeue();
    });
  }

  #fail(error: DOMException): void {
    if (this.#state === 'closed') return;
    this.#end(error);
    this.hooks.onError(error);
  }

  #end(reason: DOMException): void {
    this.#clear(reason);
    this.#state = 'closed';
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #clear(reason: DOMException): void {
    this.#stretch++;
    if (this.#port) {
      this.#port.onmessage = null;
      this.#port.postMessage({ type: 'close' });
      this.#port.close();
      this.#port = undefined;
    }
    for (const { work } of this.#queue) work?.discard();
    this.#queue = [];
    this.#inFlight = 0;
    if (this.#queueSize > 0) this.#scheduleDequeue();
    this.#queueSize = 0;
    for (const { reject } of this.#flushes.values()) reject(reason);
    this.#flushes.clear();
  }
}

function invalidState(message: string): DOMException {
  return new DOMException(message, 'InvalidStateError');
}
