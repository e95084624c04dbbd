import type { CodecFault, StreamCodec } from '../video-protocol.js';

/** The modules of each codec, awaited when they are needed: not every worker is given all. */
export type ModulesToCome = Readonly<Record<StreamCodec, Promise<WebAssembly.Module>>>;

/** The commands a codec answers in order; `close` is not among them. */
export interface Codec<Command> {
  run(command: Command): Promise<void> | void;
  /** A command that is not run any more. */
  drop(command: Command): void;
  /** No command comes any more. */
  dispose?(): void;
}

/**
 * Runs the commands of a port one after another until it closes. After a fault commands are dropped until then: the window may
 * have sent more before it heard of it.
 */
export function serveCodec<Command extends { readonly type: string }>(port: MessagePort, codec: Promise<Codec<Command>>): void {
  let ended = false;
  let idle: Promise<unknown> = Promise.resolve();
  const fail = (error: unknown) => {
    ended = true;
    port.postMessage({ type: 'fault', reason: error instanceof Error ? error.message : String(error) } satisfies CodecFault);
  };
  codec.catch(fail);
  port.onmessage = ({ data }: MessageEvent<Command | { readonly type: 'close' }>) => {
    if (data.type === 'close') {
      ended = true;
      port.close();
      void Promise.all([codec, idle]).then(([running]) => running.dispose?.(), () => {});
      return;
    }
    const command = data as Command;
    idle = idle.then(async () => {
      const running = await codec.catch(() => undefined);
      if (ended) running?.drop(command);
      else await running?.run(command);
    }).catch(fail);
  };
}
