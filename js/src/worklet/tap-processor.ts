import { TAP_BLOCK_FRAMES, type TapBlock, type TapCommand, type TapProcessorOptions } from '../protocol.js';

/** Blocks in flight at most, 170 ms: a worker that is late for longer loses sound instead of piling it up. */
const MAX_BLOCKS = 32;

/**
 * Copies its input to the worker, in interleaved blocks over a port of their own. The worker gives every array back, so
 * nothing is left to the garbage collector of the rendering thread.
 */
export class TapProcessor extends AudioWorkletProcessor {
  readonly #numChannels: number;
  readonly #free: TapBlock[] = [];
  #block: TapBlock | undefined;
  #filled = 0;
  #worker: MessagePort | undefined;
  #closed = false;

  constructor({ processorOptions }: { processorOptions: TapProcessorOptions }) {
    super();
    this.#numChannels = processorOptions.numChannels;
    for (let i = 0; i < MAX_BLOCKS; i++) this.#free.push(new Float32Array(TAP_BLOCK_FRAMES * this.#numChannels));
    this.port.onmessage = ({ data }: MessageEvent<TapCommand>) => {
      this.#worker?.close();
      if (data.type === 'close') {
        this.#closed = true;
        return;
      }
      this.#worker = data.port;
      this.#worker.onmessage = ({ data: block }: MessageEvent<TapBlock>) => void this.#free.push(block);
    };
  }

  process(inputs: Float32Array[][]): boolean {
    if (this.#closed) return false;
    const input = inputs[0]!;
    // A quantum has 128 frames and a block 256, but neither has to divide the other.
    const frames = input[0]?.length ?? 128;
    for (let i = 0; i < frames; i++) {
      this.#block ??= this.#free.pop();
      if (!this.#block) return true;
      for (let c = 0; c < this.#numChannels; c++) {
        // No channels: nothing plays upstream, which is silence and not a gap.
        this.#block[this.#filled++] = input[c]?.[i] ?? 0;
      }
      if (this.#filled === this.#block.length) this.#send(this.#block);
    }
    return true;
  }

  #send(block: TapBlock): void {
    this.#filled = 0;
    if (!this.#worker) return;
    this.#block = undefined;
    this.#worker.postMessage(block, [block.buffer]);
  }
}
