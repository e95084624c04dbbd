import type { CaptureCommand, CaptureReport, CaptureSettings, ProcessorOptions } from '../protocol.js';
import { CaptureStage } from '../wasm/abi.js';
import { CaptureChain } from '../wasm/capture-chain.js';
import { ChainProcessor } from './chain-processor.js';
import { VoiceWatch } from './voice-watch.js';

type Options = { processorOptions: ProcessorOptions<CaptureSettings> };
type OwnCommand = Extract<CaptureCommand, { type: 'update' | 'watch-voice' }>;

/** Microphone in, enhanced sound out. While bypassed the chain keeps listening, so that it is adapted when it takes over. */
export class CaptureProcessor extends ChainProcessor<CaptureSettings, OwnCommand> {
  declare protected chain: CaptureChain | null;
  readonly #voice = new VoiceWatch(sampleRate, (report) => this.#report(report));

  constructor(options: Options) {
    super(options, ({ module, numChannels, quantumFrames, settings }) => {
      const stages = settings.purpose === 'microphone' ? CaptureStage.NoiseSuppressor : 0;
      return new CaptureChain(module, { sampleRate, numChannels, maxFrames: quantumFrames, blockMultiple: quantumFrames, stages });
    });
    if (!this.chain) return;
    this.#report({ type: 'latency', samples: this.chain.latencySamples });
    this.onCommand({ type: 'update', settings: options.processorOptions.settings });
  }

  protected override runChain(chain: CaptureChain, output: readonly Float32Array[]): void {
    const frames = output[0]!.length;
    this.checkQuantum(frames);
    chain.input.forEach((channel, c) => channel.set(output[c]!));
    chain.process(frames);
    this.#voice.look(chain, frames);
    this.fade.mix(output, chain.output);
  }

  protected override onCommand(command: OwnCommand): void {
    if (!this.chain) return;
    if (command.type === 'watch-voice') {
      this.#voice.watched = command.on;
      return;
    }
    const { settings } = command;
    this.chain.configure(settings);
    this.fade.target = !settings.bypass;
    this.#report({ type: 'state', state: settings.bypass ? 'bypassed' : 'running' });
  }

  #report(report: CaptureReport): void {
    this.port.postMessage(report);
  }
}
