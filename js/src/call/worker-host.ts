import { engine, type Engine } from '../engine.js';
import { EarshotError } from '../errors.js';
import { newWorker } from '../new-worker.js';
import type { EncoderModule, PipeOptions, PipeSide, WorkerCommand, WorkerReport } from '../protocol.js';
import { chooseTransform, setScriptTransform, takeEncodedStreams, type TransformKind, type TransformOwner } from './transform.js';
import { TransformPipe, type PipeUser } from './transform-pipe.js';

/** How often connections are looked at, ms: a closed one fires no event at its senders and receivers. */
const WATCH_INTERVAL = 250;

/** What is left of the worker when its script cannot be loaded: frames must flow all the same. */
const PASS_THROUGH = 'onrtctransform=({transformer:t})=>t.readable.pipeTo(t.writable)';

/**
 * The one worker of the page and the transforms that run in it. A transform cannot be taken off a live connection (the browser
 * would stop the media), so after `dispose()` its pipe stays, passing frames through, until the connection closes; the worker
 * is terminated with the last pipe.
 */
export class WorkerHost {
  readonly #byOwner = new WeakMap<TransformOwner, TransformPipe>();
  readonly #pipes = new Set<TransformPipe>();
  #worker: Worker | undefined;
  /** Resolves when the worker's script has run, rejects when it cannot be loaded. */
  #loaded: Promise<void> | undefined;
  readonly #supplied = new Map<EncoderModule, Promise<void>>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly engine: Engine) {}

  /** Workers alive, 0 or 1. */
  get workers(): number {
    return this.#worker ? 1 : 0;
  }

  /**
   * Puts `owner` under our transform, synchronously, or takes up the transform a disposed attachment left there. `user.onLost`
   * is called once if the worker cannot be loaded; frames pass natively then.
   */
  open(owner: TransformOwner, side: PipeSide, wanted: 'auto' | TransformKind, user: PipeUser): TransformPipe {
    const existing = this.#byOwner.get(owner);
    if (existing) {
      existing.attach(user);
      return existing;
    }
    const kind = chooseTransform(owner, side, wanted);
    const worker = this.#start(side);
    const { port1, port2 } = new MessageChannel();
    const options: PipeOptions = { side, port: port2 };
    try {
      if (kind === 'script') setScriptTransform(owner, side, worker, options, [port2]);
      else this.#runLegacy(takeEncodedStreams(owner, side), options);
    } catch (error) {
      this.#stopIfIdle();
      throw error;
    }
    const pipe = new TransformPipe(owner, side, kind, port1, user);
    this.#byOwner.set(owner, pipe);
    this.#pipes.add(pipe);
    this.#loaded!.catch((error: EarshotError) => pipe.user?.onLost(error));
    this.#timer ??= setInterval(() => this.#watch(), WATCH_INTERVAL);
    return pipe;
  }

  /** Hands an encoder's module to the worker, once. */
  supplyModule(name: EncoderModule): Promise<void> {
    const worker = this.#worker!;
    let supplied = this.#supplied.get(name);
    if (!supplied) {
      supplied = this.engine.loadModule(name).then((module) => {
        worker.postMessage({ type: 'module', name, module } satisfies WorkerCommand);
      });
      this.#supplied.set(name, supplied);
      supplied.catch(() => this.#supplied.delete(name));
    }
    return supplied;
  }

  /** The deep encoder's module, or else the small one: the worker then encodes without deep redundancy. Resolves to whether it is deep. */
  async supplyDeepModule(): Promise<boolean> {
    const worker = this.#worker!;
    try {
      await this.supplyModule('encoder-deep');
      return true;
    } catch {
      await this.supplyModule('audio');
      worker.postMessage({ type: 'module', name: 'encoder-deep', module: null } satisfies WorkerCommand);
      return false;
    }
  }

  #start(side: PipeSide): Worker {
    if (this.#worker) return this.#worker;
    const url = this.engine.assetUrl('earshot-worker.js');
    const worker = (this.#worker = newWorker(url, 'earshot'));
    this.#loaded = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<WorkerReport>) => data.type === 'ready' && resolve();
      worker.onerror = (event) => {
        event.preventDefault?.();
        reject(
          new EarshotError(
            'asset-load',
            side,
            `load ${url}`,
            `The worker ${url} did not start (${event.message || 'not found or blocked'}). Check that the file is served there, that the CSP's worker-src allows it, or call Earshot.configure({ baseUrl }).`,
          ),
        );
      };
    });
    this.#loaded.catch(() => this.#onLost());
    return worker;
  }

  /** Legacy streams are handed over when the worker is known to run: from a dead worker nobody could take them back. */
  #runLegacy({ readable, writable }: ReturnType<typeof takeEncodedStreams>, options: PipeOptions): void {
    const worker = this.#worker!;
    this.#loaded!.then(
      () => {
        const command: WorkerCommand = { type: 'attach', ...options, readable, writable };
        worker.postMessage(command, [options.port, readable, writable] as Transferable[]);
      },
      () => readable.pipeTo(writable).catch(() => {}),
    );
  }

  /** The script did not load: frames of script transforms are stuck, so the transforms move to a worker that passes them. */
  #onLost(): void {
    this.#worker?.terminate();
    const url = URL.createObjectURL(new Blob([PASS_THROUGH], { type: 'text/javascript' }));
    const worker = (this.#worker = new Worker(url));
    URL.revokeObjectURL(url);
    for (const pipe of this.#pipes) {
      const { owner } = pipe;
      if (pipe.kind === 'script' && owner) owner.transform = new RTCRtpScriptTransform(worker, {});
    }
  }

  #watch(): void {
    for (const pipe of this.#pipes) {
      if (pipe.hasEnded()) this.#close(pipe);
      else pipe.user?.onTick();
    }
    this.#stopIfIdle();
  }

  #close(pipe: TransformPipe): void {
    this.#pipes.delete(pipe);
    pipe.user?.onEnded();
    pipe.close();
  }

  #stopIfIdle(): void {
    if (this.#pipes.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#loaded = undefined;
    this.#supplied.clear();
  }

  /** Ends `user`'s use of the pipe; looks at once whether the connection is closed already. */
  release(pipe: TransformPipe): void {
    pipe.detach();
    this.#watch();
  }
}

/** The worker host of this page. */
export const workerHost = new WorkerHost(engine);
