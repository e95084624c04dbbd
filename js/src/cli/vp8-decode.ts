import { type Command } from 'commander';
import { createHash, type Hash } from 'node:crypto';
import { MAX_VP8_PIXELS, StatusCode } from '../wasm/abi.js';
import { instantiate } from '../wasm/loader.js';
import { Vp8Decoder, type Vp8DecoderExports } from '../wasm/vp8-decoder.js';
import { InputError } from './input-error.js';
import { IvfReader } from './ivf.js';
import { loadModule } from './modules.js';
import { writeFile, type OutputFile } from './output-file.js';
import { PictureWriter, USUAL_RATE } from './picture-writer.js';
import { readSequentially, type SequentialInput } from './sequential-input.js';
import { LapWatch, rounded } from './stopwatch.js';

interface DecodeOptions {
  readonly output?: string;
  readonly md5?: true;
  readonly json?: true;
}

export function addVp8Decode(vp8: Command): void {
  vp8
    .command('decode')
    .description('decode a VP8 stream; without -o only the figures or the MD5 are of use')
    .argument('<IN.ivf>')
    .option('-o, --output <OUT.y4m>', 'write the pictures')
    .option('--md5', 'print the MD5 of all pictures as I420, as vpxdec --i420 --md5 does')
    .option('--json', 'print what was done as JSON')
    .action((input: string, options: DecodeOptions) => {
      const report = readSequentially(input, (file) =>
        options.output === undefined ? decode(file, options) : writeFile(options.output, (output) => decode(file, options, output)));
      if (options.json) console.log(JSON.stringify(report));
      else if (options.md5) console.log(`${report.md5}  ${input}`);
      else console.log(`${input}: ${report.frames} frames decoded, ${report.fps} a second`);
    });
}

function decode(input: SequentialInput, options: DecodeOptions, output?: OutputFile) {
  const reader = new IvfReader(input);
  const decoder = new Vp8Decoder(instantiate<Vp8DecoderExports>(loadModule('video')));
  const { num, den } = reader.header.frameRate;
  const writer = output && new PictureWriter(output, num > 0 && den > 0 ? { num, den } : USUAL_RATE, input.path);
  const hash: Hash | undefined = options.md5 && createHash('md5');
  const watch = new LapWatch();
  let frames = 0;
  let bytes = 0;
  let position = 0;
  for (const frame of reader.frames((size) => decoder.reserve(size))) {
    const result = watch.measure(() => decoder.decode(frame.length));
    if (result < 0) throw new InputError(`${input.path}: ${describe(result, position)}`);
    position++;
    if (result === 0) continue;
    const { picture } = decoder;
    hash?.update(picture.bytes);
    writer?.write(picture);
    frames++;
    bytes += picture.bytes.length;
  }
  if (position === 0) throw new InputError(`${input.path} holds no frames`);
  return {
    frames,
    cpu_seconds: rounded(watch.cpuSeconds, 4),
    fps: rounded(frames / watch.cpuSeconds, 1),
    bytes,
    threads: 1,
    ...(hash && { md5: hash.digest('hex') }),
  };
}

function describe(status: number, frame: number): string {
  switch (status) {
    case StatusCode.CorruptData:
      return `frame ${frame} is damaged or not VP8`;
    case StatusCode.FailedPrecondition:
      return `frame ${frame} is no key frame, and a stream begins with one`;
    case StatusCode.Unsupported:
      return `frame ${frame} says it has more than ${MAX_VP8_PIXELS} pixels`;
    default:
      return `frame ${frame} could not be decoded (${StatusCode[status] ?? status})`;
  }
}
