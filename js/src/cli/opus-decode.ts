import { type Command } from 'commander';
import { closeSync, openSync, readSync } from 'node:fs';
import { instantiate } from '../wasm/loader.js';
import { OggOpusReader, type OggOpusPacket, type OggReaderExports } from '../wasm/ogg-opus-reader.js';
import { OpusDecoder, type DecoderExports } from '../wasm/opus-decoder.js';
import type { ResamplerExports } from '../wasm/resampler.js';
import { fileError, InputError } from './input-error.js';
import { loadModule } from './modules.js';
import { writeFile } from './output-file.js';
import { convertedLength, convertRate, type Pieces } from './rate-conversion.js';
import { rounded, Stopwatch } from './stopwatch.js';
import { WavWriter } from './wav-writer.js';

const OPUS_CLOCK = 48000;
/** The longest sound one decoder call makes: 120 ms. */
const MAX_DECODED_FRAMES = 5760;
/** Rates a header may name for the output; others are nonsense or beyond what the resampler does. */
const MIN_RATE = 8000;
const MAX_RATE = 192000;

export function addOpusDecode(opus: Command): void {
  opus
    .command('decode')
    .description('decode an Ogg Opus file')
    .argument('<IN.opus>', 'one or two channels; chained streams too')
    .argument('<OUT.wav>', '16 bit, at the rate of the sound before encoding')
    .option('--json', 'print what was done as JSON')
    .action((input: string, output: string, options: { json?: true }) => {
      const report = decode(input, output);
      if (options.json) console.log(JSON.stringify(report));
      else console.log(`${output}: ${report.seconds} s decoded, ${report.times_real_time} times real time`);
    });
}

interface Contents {
  readonly numChannels: number;
  readonly rate: number;
  /** At 48 kHz. */
  readonly numFrames: number;
}

function decode(input: string, output: string) {
  const stopwatch = new Stopwatch();
  const files = instantiate<OggReaderExports & ResamplerExports>(loadModule('file'));
  // A WAV header comes first and tells the length, which an Ogg file tells last: so it is read twice, and nothing is
  // written for a file that turns out to be damaged.
  const { numChannels, rate, numFrames } = survey(files, input);
  const audio = instantiate<DecoderExports>(loadModule('audio'));
  const outputFrames = convertedLength(numFrames, OPUS_CLOCK, rate);
  writeFile(output, (file) => {
    const writer = new WavWriter(file, { sampleRate: rate, numChannels, encoding: 'pcm16' }, outputFrames);
    const decoder = new OpusDecoder(audio, OPUS_CLOCK, numChannels);
    const sound = decoded(files, decoder, input, numChannels);
    for (const piece of convertRate(files, sound, { inputRate: OPUS_CLOCK, outputRate: rate, numChannels, numFrames: outputFrames })) {
      writer.write(piece, 0, piece[0]!.length);
    }
    writer.end();
  });
  const seconds = numFrames / OPUS_CLOCK;
  const cpuSeconds = stopwatch.cpuSeconds;
  return {
    seconds: rounded(seconds, 3),
    cpu_seconds: rounded(cpuSeconds, 4),
    times_real_time: rounded(seconds / cpuSeconds, 1),
    bytes: 44 + outputFrames * numChannels * 2,
  };
}

/** Reads the whole file without decoding it. */
function survey(files: OggReaderExports, path: string): Contents {
  let numFrames = 0;
  let contents: Omit<Contents, 'numFrames'> | undefined;
  for (const { packet, reader } of packetsOf(files, path)) {
    numFrames += packet.gapFrames + packet.keepFrames;
    if (contents) continue;
    const { numChannels, inputSampleRate } = reader.header!;
    const named = inputSampleRate >= MIN_RATE && inputSampleRate <= MAX_RATE;
    contents = { numChannels, rate: named ? inputSampleRate : OPUS_CLOCK };
  }
  if (!contents || numFrames === 0) throw new InputError(`${path} holds no sound`);
  return { ...contents, numFrames };
}

/** The packets of the file at `path`; what is wrong with it is thrown as an InputError. */
function* packetsOf(files: OggReaderExports, path: string): Iterable<{ packet: OggOpusPacket; reader: OggOpusReader }> {
  const reader = new OggOpusReader(files);
  const next = () => {
    try {
      return reader.next();
    } catch (error) {
      throw new InputError(`${path}: ${(error as Error).message}`, { cause: error });
    }
  };
  for (const piece of filePieces(path)) {
    reader.feed(piece);
    for (let packet; (packet = next()); ) yield { packet, reader };
  }
  if (!reader.complete) throw new InputError(`${path} is truncated: it ends inside a page or a packet`);
  reader.dispose();
}

/** The bytes of a file in pieces, then an empty piece for its end. */
function* filePieces(path: string): Iterable<Uint8Array> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw fileError('read', path, error);
  }
  try {
    const piece = new Uint8Array(OggOpusReader.MAX_FEED_BYTES);
    for (;;) {
      let count: number;
      try {
        count = readSync(file, piece);
      } catch (error) {
        throw fileError('read', path, error);
      }
      yield piece.subarray(0, count);
      if (count === 0) return;
    }
  } finally {
    closeSync(file);
  }
}

/** The sound of the file at 48 kHz. */
function* decoded(files: OggReaderExports, decoder: OpusDecoder, path: string, numChannels: number): Pieces {
  const planes = Array.from({ length: numChannels }, () => new Float32Array(MAX_DECODED_FRAMES));
  const split = (interleaved: Float32Array, from: number, frames: number) => {
    for (let c = 0; c < numChannels; c++) {
      const plane = planes[c]!;
      for (let i = 0; i < frames; i++) plane[i] = interleaved[(from + i) * numChannels + c]!;
    }
    return planes.map((plane) => plane.subarray(0, frames));
  };
  for (const { packet, reader } of packetsOf(files, path)) {
    if (packet.firstOfStream) {
      decoder.reset();
      decoder.setGain(reader.header!.outputGain);
    }
    for (let left = packet.gapFrames; left > 0; left -= MAX_DECODED_FRAMES) {
      const frames = Math.min(left, MAX_DECODED_FRAMES);
      yield split(decoder.conceal(frames), 0, frames);
    }
    const sound = decoder.decode(packet.bytes);
    if (packet.keepFrames > 0) yield split(sound, packet.skipFrames, packet.keepFrames);
  }
}
