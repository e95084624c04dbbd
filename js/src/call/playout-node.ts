import { PLAYOUT_PROCESSOR, type PlayoutCommand, type PlayoutSettings } from '../protocol.js';
import { PlayoutStat } from '../wasm/abi.js';
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

  /** What is given out when: an RTP timestamp, and the time of the context. Undefined while it is not our Opus decoder's sound. */
  async position(): Promise<{ rtpTimestamp: number; time: number } | undefined> {
    const report = await this.askNow('stats');
    const rtpTimestamp = report?.values[PlayoutStat.PlayoutTimestamp];
    if (report?.time === undefined || rtpTimestamp === undefined || !(rtpTimestamp >= 0)) return undefined;
    return { rtpTimestamp, time: report.time };
  }

  async getHistory(): Promise<PlayoutMoment[]> {
    return playoutHistory(await this.ask('history'));
  }

  dispose(): void {
    this.close();
  }
}
