import { PLAYOUT_PROCESSOR, type PlayoutCommand, type PlayoutSettings } from '../protocol.js';
import { ChainNode } from '../worklet-node.js';
import { playoutHistory, type PlayoutMoment } from './history.js';
import { playoutStats, type ChainPlayoutStats } from './stats.js';

/** Jitter buffer and decoder as a node: the native decoder's sound in, ours out. */
export class PlayoutNode extends ChainNode<PlayoutSettings> {
  constructor(context: BaseAudioContext, wasm: WebAssembly.Module, numChannels: number, settings: PlayoutSettings) {
    super(context, PLAYOUT_PROCESSOR, 'playout', wasm, numChannels, settings);
  }

  /** Takes packets from `port`, the receiver pipe's. */
  receive(port: MessagePort): void {
    this.port.postMessage({ type: 'connect', port } satisfies PlayoutCommand, [port]);
  }

  update(settings: PlayoutSettings): void {
    this.port.postMessage({ type: 'update', settings } satisfies PlayoutCommand);
  }

  async getStats(): Promise<ChainPlayoutStats> {
    return playoutStats(await this.ask('stats'));
  }

  async getHistory(): Promise<PlayoutMoment[]> {
    return playoutHistory(await this.ask('history'));
  }

  dispose(): void {
    this.close();
  }
}
