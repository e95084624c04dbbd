import type { CaptureCommand, CaptureReport, CaptureSettings, ProcessorOptions } from '../protocol.js';
import { CaptureChain } from '../wasm/capture-chain.js';
import { ChainProcessor } from './chain-processor.js';

type Options = { processorOptions: ProcessorOptions<CaptureSettings> };

/** Microphone in, enhanced sound out. While bypassed the chain keeps listening, so that it is adapted when it takes over. */
export class CaptureProcessor extends ChainProcessor<CaptureSettings, Extract<CaptureCommand, { type: 'update' }>> {
  declare protected chain: CaptureChain | null;

  constructor(options: Options) {
    super(options, ({ module, numChannels, quantumFrames }) => {
      return new CaptureChain(module, { sampleRate, numChannels, maxFrames: quantumFrames, blockMultiple: quantumFrames });
    });
    if (this.chain) this.onCommand({ type: 'update', settings: options.processorOptions.settings });
  }

  protected override runChain(
    chain: CaptureChain,
    input: readonly Float32Array[],
    output: readonly Float32Array[],
  ): void {
    const frames = output[0]!.length;
    this.checkQuantum(frames);
    chain.input.forEach((channel, c) => (input.length > 0 ? channel.set(input[c] ?? input[0]!) : channel.fill(0)));
    chain.process(frames);
    this.fade.mix(output, chain.output);
  }

  protected override onCommand({ settings }: Extract<CaptureCommand, { type: 'update' }>): void {
    if (!this.chain) return;
    this.chain.configure(settings);
    this.fade.target = !settings.bypass;
    this.port.postMessage({
      type: 'state',
      state: settings.bypass ? 'bypassed' : 'running',
      latencySamples: this.chain.latencySamples,
    } satisfies CaptureReport);
  }
}
