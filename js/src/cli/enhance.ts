import { Option, type Command } from 'commander';
import { CaptureChain } from '../wasm/capture-chain.js';
import { InputError } from './input-error.js';
import { loadModule } from './modules.js';
import { writeFile } from './output-file.js';
import { rounded, Stopwatch } from './stopwatch.js';
import { readWav, type WavReader } from './wav-reader.js';
import { WavWriter } from './wav-writer.js';

/** The strength each name stands for, as in the pages' API. */
const strengths = { off: 0, low: 0.25, moderate: 0.5, high: 0.75, max: 1 } as const;

/** Render quantum of Web Audio: the command runs the chain just as a page does. */
const BLOCK_FRAMES = 128;
/** Sound read and written at a time, in blocks. */
const PIECE_FRAMES = 512 * BLOCK_FRAMES;

interface EnhanceOptions {
  readonly noiseSuppression: keyof typeof strengths;
  readonly agc?: true;
  readonly json?: true;
}

export function addEnhance(program: Command): void {
  program
    .command('enhance')
    .description('suppress noise and control the gain of a WAV file')
    .argument('<IN.wav>', '8 … 96 kHz, mono or stereo, PCM or float')
    .argument('<OUT.wav>', 'same rate, channels, format and length, aligned in time')
    .addOption(new Option('--suppressor <kind>', 'which suppressor; the best present by default').choices(['classical', 'neural']))
    .addOption(new Option('--noise-suppression <level>', 'strength').choices(Object.keys(strengths)).default('high'))
    .option('--agc', 'control the gain too')
    .option('--json', 'print what was done as JSON')
    .action((input: string, output: string, options: EnhanceOptions & { suppressor?: string }) => {
      if (options.suppressor === 'neural') throw new InputError('this version has no neural suppressor; use --suppressor classical');
      const report = readWav(input, (wav) => enhance(wav, output, options));
      if (options.json) console.log(JSON.stringify(report));
      else console.log(`${output}: ${report.seconds} s enhanced, ${report.core_percent} % of a core, ${report.latency_ms} ms of delay taken out`);
    });
}

function enhance(wav: WavReader, output: string, options: EnhanceOptions) {
  const { sampleRate, numChannels, numFrames } = wav;
  if (numChannels > 2) throw new InputError(`${wav.path} has ${numChannels} channels; give one or two`);
  if (sampleRate < 8000 || sampleRate > 96000) throw new InputError(`${wav.path} is at ${sampleRate} Hz; give a rate from 8000 to 96000 Hz`);
  const chain = new CaptureChain(loadModule('worklet'), { sampleRate, numChannels, maxFrames: BLOCK_FRAMES, blockMultiple: BLOCK_FRAMES });
  // Without gain control nothing becomes louder: there is nothing to limit, and what was loud stays as it was.
  const autoGainControl = options.agc ?? false;
  chain.configure({ noiseSuppression: strengths[options.noiseSuppression], autoGainControl, limiter: autoGainControl });
  const { latencySamples } = chain;
  const stopwatch = new Stopwatch();

  writeFile(output, (file) => {
    const writer = new WavWriter(file, wav, numFrames);
    const piece = Array.from({ length: numChannels }, () => new Float32Array(PIECE_FRAMES));
    // The chain's delay is taken out by dropping its first output and feeding as much silence behind the end.
    let drop = latencySamples;
    for (let left = numFrames; left > 0; ) {
      const count = wav.read(piece);
      piece.forEach((channel) => channel.fill(0, count));
      for (let at = 0; at < PIECE_FRAMES; at += BLOCK_FRAMES) {
        chain.input.forEach((channel, c) => channel.set(piece[c]!.subarray(at, at + BLOCK_FRAMES)));
        chain.process(BLOCK_FRAMES);
        chain.output.forEach((channel, c) => piece[c]!.set(channel, at));
      }
      const from = Math.min(drop, PIECE_FRAMES);
      const to = Math.min(PIECE_FRAMES, from + left);
      writer.write(piece, from, to);
      drop -= from;
      left -= to - from;
    }
    writer.end();
  });

  const seconds = numFrames / sampleRate;
  const cpuSeconds = stopwatch.cpuSeconds;
  return {
    seconds: rounded(seconds, 3),
    cpu_seconds: rounded(cpuSeconds, 4),
    core_percent: rounded((100 * cpuSeconds) / seconds, 3),
    latency_ms: rounded((1000 * latencySamples) / sampleRate, 2),
  };
}
