import { type Command } from 'commander';
import { createHash, type Hash } from 'node:crypto';
import { MAX_H264_PIXELS, StatusCode } from '../wasm/abi.js';
import { H264Decoder, type H264DecoderExports, type H264Stream } from '../wasm/h264-decoder.js';
import { instantiate } from '../wasm/loader.js';
import { AnnexBReader } from './annex-b.js';
import { InputError } from './input-error.js';
import { loadModule } from './modules.js';
import { writeFile, type OutputFile } from './output-file.js';
import { PictureWriter, USUAL_RATE } from './picture-writer.js';
import { readSequentially, type SequentialInput } from './sequential-input.js';
import { LapWatch, rounded } from './stopwatch.js';

/** profile_idc (ITU-T H.264 Annex A) → name. */
const PROFILES: Readonly<Record<number, string>> = {
  66: 'Baseline', 77: 'Main', 88: 'Extended', 100: 'High', 110: 'High 10', 122: 'High 4:2:2', 244: 'High 4:4:4 Predictive', 44: 'CAVLC 4:4:4 Intra',
};
const DECODED = ['Baseline', 'Main', 'High'];

interface DecodeOptions {
  readonly output?: string;
  readonly md5?: true;
  readonly json?: true;
}

export function addH264Decode(h264: Command): void {
  h264
    .command('decode')
    .description('decode an H.264 stream; without -o only the figures or the MD5 are of use')
    .argument('<IN.h264>', `of the profiles ${DECODED.join(', ')}; progressive, 4:2:0, 8 bits, without B slices`)
    .option('-o, --output <OUT.y4m>', `write the pictures, as ${USUAL_RATE.num} a second`)
    .option('--md5', 'print the MD5 of all pictures as I420')
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
  const reader = new AnnexBReader(input);
  const decoder = new H264Decoder(instantiate<H264DecoderExports>(loadModule('h264')));
  const writer = output && new PictureWriter(output, USUAL_RATE, input.path);
  const hash: Hash | undefined = options.md5 && createHash('md5');
  const watch = new LapWatch();
  let frames = 0;
  let bytes = 0;
  let position = 0;
  for (const frame of reader.frames()) {
    decoder.reserve(frame.length).set(frame);
    const result = watch.measure(() => decoder.decode(frame.length));
    if (result < 0) throw new InputError(`${input.path}: ${describe(result, position, decoder.stream)}`);
    position++;
    if (result === 0) continue;
    const { picture } = decoder;
    hash?.update(picture.bytes);
    writer?.write(picture);
    frames++;
    bytes += picture.bytes.length;
  }
  if (frames === 0) throw new InputError(`${input.path} holds no pictures`);
  return {
    frames,
    cpu_seconds: rounded(watch.cpuSeconds, 4),
    fps: rounded(frames / watch.cpuSeconds, 1),
    bytes,
    threads: 1,
    profile: PROFILES[decoder.stream.profile],
    level: decoder.stream.level / 10,
    ...(hash && { md5: hash.digest('hex') }),
  };
}

function describe(status: number, frame: number, stream: H264Stream): string {
  switch (status) {
    case StatusCode.CorruptData:
      return `frame ${frame} is damaged or not H.264`;
    case StatusCode.FailedPrecondition:
      return `frame ${frame} is no key frame, and a stream begins with one`;
    case StatusCode.Unsupported:
      return `frame ${frame} is ${refused(stream)}`;
    default:
      return `frame ${frame} could not be decoded (${StatusCode[status] ?? status})`;
  }
}

/** Why a stream is not decoded. */
function refused({ profile, width, height, interlaced, yuv420 }: H264Stream): string {
  const name = PROFILES[profile] ?? String(profile);
  if (!DECODED.includes(name)) return `of the profile ${name}; ${DECODED.join(', ')} are decoded`;
  if (interlaced) return 'interlaced; progressive streams are decoded';
  if (!yuv420) return 'not 4:2:0 with 8 bits';
  if (width * height > MAX_H264_PIXELS) return `of ${width}×${height}; up to ${MAX_H264_PIXELS} pixels are possible`;
  return 'of B slices, data partitions or more reference frames than are decoded';
}
