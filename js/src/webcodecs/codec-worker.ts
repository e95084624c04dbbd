import type { Engine } from '../engine.js';
import { newWorker } from '../new-worker.js';
import type { VideoWorkerCommand } from '../video-protocol.js';

/** The modules a video worker takes. */
export type VideoModule = 'video' | 'h264';
export type CodecKind = Extract<VideoWorkerCommand, { type: 'open' }>['codec'];

/** A video worker for one codec object. */
export class CodecWorker {
  readonly #worker: Worker;
  #ended = false;

  /** `onLost` is told, once, why nothing will ever come from it. */
  constructor(engine: Engine, modules: readonly VideoModule[], onLost: (reason: string) => void) {
    const lose = (reason: string) => {
      if (!this.#ended) onLost(reason);
      this.terminate();
    };
    const url = engine.assetUrl('earshot-video-worker.js');
    this.#worker = newWorker(url, 'earshot-video');
    this.#worker.onerror = (event) => {
      event.preventDefault?.();
      lose(`The worker ${url} did not run (${event.message || 'not found or blocked'}). Check that the file is served there, that the CSP's worker-src allows it, or call Earshot.configure({ baseUrl }).`);
    };
    for (const name of modules) {
      engine.loadModule(name).then(
        (module) => this.#send({ type: name === 'video' ? 'module' : name, module }),
        (error: Error) => lose(error.message),
      );
    }
  }

  /** A port to a codec of its own; commands sent before the worker runs are kept. */
  open(codec: CodecKind): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#send({ type: 'open', codec, port: port2 }, [port2]);
    return port1;
  }

  terminate(): void {
    this.#ended = true;
    this.#worker.terminate();
  }

  #send(command: VideoWorkerCommand, transfer: Transferable[] = []): void {
    if (!this.#ended) this.#worker.postMessage(command, transfer);
  }
}
