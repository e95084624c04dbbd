import { Option, type Command } from 'commander';
import { CaptureChain } from '../wasm/capture-chain.js';
import { instantiate } from '../wasm/loader.js';
import type { ResamplerExports } from '../wasm/resampler.js';
import { InputError } from './input-error.js';
import { loadModule } from './modules.js';
import { integer } from './option-values.js';
import { writeFile } from './output-file.js';
import { conversionDelay, convertedLength, convertRate, wavPieces, without, type Pieces } from './rate-conversion.js';
import { rounded, Stopwatch } from './stopwatch.js';
import { readWav, type WavReader } from './wav-reader.js';
import { WavWriter } from './wav-writer.js';

/** The strength each name stands for, as in the pages' API. */
const strengths = { off: 0, low: 0.25, moderate: 0.5, high: 0.75, max: 1 } as const;

/** Render quantum of Web Audio: the command runs the chain just as a page does. */
const BLOCK_FRAMES = 128;
/** Sound handed on at a time. */
const PIECE_FRAMES = 64 * BLOCK_FRAMES;
/** The rate the chain works at inside; other rates meet it through the same resampler that it would use. */
const RATE = 48000;

interface EnhanceOptions {
  readonly noiseSuppression: keyof typeof strengths;
  readonly agc?: true;
  /** LUFS */
  readonly targetLoudness?: number;
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
    .option('--target-loudness <LUFS>', 'loudness of speech that --agc aims at, -23 by default', integer(-60, -5))
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
  const stopwatch = new Stopwatch();
  const files = instantiate<ResamplerExports>(loadModule('file'));
  const blocks = { numChannels, maxFrames: BLOCK_FRAMES, blockMultiple: BLOCK_FRAMES };
  const chain = new CaptureChain(loadModule('worklet'), { ...blocks, sampleRate: RATE });
  // Without gain control nothing becomes louder: there is nothing to limit, and what was loud stays as it was.
  const autoGainControl = options.agc ?? false;
  const gainControl = options.targetLoudness === undefined ? {} : { targetLoudness: options.targetLoudness };
  // The way back to the file's rate overshoots, so there the limiter has to follow it, in a chain of its own.
  const limiter = autoGainControl && sampleRate !== RATE ? new CaptureChain(loadModule('worklet'), { ...blocks, sampleRate, stages: 0 }) : null;
  limiter?.configure({ noiseSuppression: 0, autoGainControl: false, limiter: true });
  chain.configure({ noiseSuppression: strengths[options.noiseSuppression], autoGainControl, limiter: autoGainControl && !limiter, gainControl });

  // Every delay on the way is taken out at once, between the chain and the way back. The chain's is a whole number of samples
  // there, and the filters' nearly always; dropping them one by one would round three times.
  const delayAt48k =
    conversionDelay(files, sampleRate, RATE) + chain.latencySamples + (conversionDelay(files, RATE, sampleRate) * RATE) / sampleRate;
  const drop = Math.round(delayAt48k);
  const innerFrames = convertedLength(numFrames, sampleRate, RATE) + drop + BLOCK_FRAMES; // the last block may stay unfinished
  const inner = { inputRate: sampleRate, outputRate: RATE, numChannels, numFrames: innerFrames, lag: Infinity };
  const outer = { inputRate: RATE, outputRate: sampleRate, numChannels, numFrames, lag: Infinity };
  writeFile(output, (file) => {
    const writer = new WavWriter(file, wav, numFrames);
    const enhanced = without(drop, run(chain, convertRate(files, wavPieces(wav), inner), numChannels));
    const finished = limiter ? limited(limiter, convertRate(files, enhanced, { ...outer, numFrames: Infinity }), numChannels) : convertRate(files, enhanced, outer);
    for (const piece of first(numFrames, finished)) writer.write(piece, 0, piece[0]!.length);
    writer.end();
  });

  const seconds = numFrames / sampleRate;
  const cpuSeconds = stopwatch.cpuSeconds;
  return {
    seconds: rounded(seconds, 3),
    cpu_seconds: rounded(cpuSeconds, 4),
    core_percent: rounded((100 * cpuSeconds) / seconds, 3),
    latency_ms: rounded((1000 * delayAt48k) / RATE, 2),
  };
}

/** `sound` through a chain that delays by a whole number of samples, its delay taken out; endless when `sound` is. */
function limited(limiter: CaptureChain, sound: Pieces, numChannels: number): Pieces {
  return without(limiter.latencySamples, run(limiter, sound, numChannels));
}

/** `pieces` up to `frames` in all. */
function* first(frames: number, pieces: Pieces): Pieces {
  let left = frames;
  for (const piece of pieces) {
    const count = Math.min(left, piece[0]!.length);
    yield piece.map((channel) => channel.subarray(0, count));
    left -= count;
    if (left === 0) return;
  }
}

/** `sound` through the chain, in whole blocks: up to one block less comes out. */
function* run(chain: CaptureChain, sound: Pieces, numChannels: number): Pieces {
  const piece = Array.from({ length: numChannels }, () => new Float32Array(PIECE_FRAMES));
  let filled = 0;
  let produced = 0;
  for (const input of sound) {
    for (let at = 0; at < input[0]!.length; ) {
      const count = Math.min(BLOCK_FRAMES - filled, input[0]!.length - at);
      chain.input.forEach((channel, c) => channel.set(input[c]!.subarray(at, at + count), filled));
      at += count;
      filled += count;
      if (filled < BLOCK_FRAMES) continue;
      chain.process(BLOCK_FRAMES);
      chain.output.forEach((channel, c) => piece[c]!.set(channel, produced));
      filled = 0;
      produced += BLOCK_FRAMES;
      if (produced < PIECE_FRAMES) continue;
      yield piece;
      produced = 0;
    }
  }
  if (produced > 0) yield piece.map((channel) => channel.subarray(0, produced));
}
