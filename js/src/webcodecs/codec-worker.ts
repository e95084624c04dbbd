import type { Engine } from '../engine.js';
import { newWorker } from '../new-worker.js';
import type { VideoWorkerCommand } from '../video-protocol.js';

/** The modules a video worker takes. */
export type VideoModule = 'video' | 'h264';
export type CodecKind = Extract<VideoWorkerCommand, { type: 'open' }>['codec'];

/** A video worker for one codec object. */
export class CodecWorker {
  readonly #worker: Worker;
  readonly #lose: (reason: string) => void;
  readonly #loaded = new Set<VideoModule>();
  #ended = false;
  #threadsSent = false;

  /** `onLost` is told, once, why nothing will ever come from it. */
  constructor(
    private readonly engine: Engine,
    onLost: (reason: string) => void,
  ) {
    this.#lose = (reason) => {
      if (!this.#ended) onLost(reason);
      this.terminate();
    };
    const url = engine.assetUrl('earshot-video-worker.js');
    this.#worker = newWorker(url, 'earshot-video');
    this.#worker.onerror = (event) => {
      event.preventDefault?.();
      this.#lose(`The worker ${url} did not run (${event.message || 'not found or blocked'}). Check that the file is served there, that the CSP's worker-src allows it, or call Earshot.configure({ baseUrl }).`);
    };
  }

  /** Gives the worker those of the modules that it does not have yet. */
  load(modules: readonly VideoModule[]): void {
    for (const name of modules) {
      if (this.#loaded.has(name)) continue;
      this.#loaded.add(name);
      this.engine.loadModule(name).then(
        (module) => this.#send({ type: name === 'video' ? 'module' : name, module }),
        (error: Error) => this.#lose(error.message),
      );
    }
  }

  /** A port to a codec of its own, of several threads where the page may have them; commands sent before the worker runs are kept. */
  open(codec: CodecKind, wishedThreads = 1): MessagePort {
    const threads = globalThis.crossOriginIsolated ? wishedThreads : 1;
    const { port1, port2 } = new MessageChannel();
    this.#send({ type: 'open', codec, port: port2, threads }, [port2]);
    if (threads > 1 && !this.#threadsSent) this.#sendThreads();
    return port1;
  }

  #sendThreads(): void {
    this.#threadsSent = true;
    this.engine
      .loadModule('video-threads')
      .then((module) => this.#send({ type: 'threads', threaded: { module, threadUrl: this.engine.assetUrl('earshot-thread.js') } }))
      .catch(() => this.#send({ type: 'threads', threaded: null }));
  }

  terminate(): void {
    this.#ended = true;
    this.#worker.terminate();
  }

  #send(command: VideoWorkerCommand, transfer: Transferable[] = []): void {
    if (!this.#ended) this.#worker.postMessage(command, transfer);
  }
}
