import { type Command } from 'commander';
import { MAX_H264_PIXELS } from '../wasm/abi.js';
import { H264Encoder, type H264EncoderExports } from '../wasm/h264-encoder.js';
import { instantiate } from '../wasm/loader.js';
import { InputError } from './input-error.js';
import { loadModule } from './modules.js';
import { integer } from './option-values.js';
import { writeFile } from './output-file.js';
import { readSequentially, type SequentialInput } from './sequential-input.js';
import { LapWatch, rounded } from './stopwatch.js';
import { Y4mReader } from './y4m.js';

const MIN_SIDE = 16;
/** What openh264 reports where nothing was lost. */
const MAX_PSNR = 99.99;

interface EncodeOptions {
  readonly bitrate: number;
  readonly complexity: number;
  readonly keyint: number;
  readonly temporalLayers: number;
  readonly json?: true;
}

export function addH264Encode(h264: Command): void {
  h264
    .command('encode')
    .description('encode as for a call: Constrained Baseline, one pass, constant bitrate, no look-ahead')
    .argument('<IN.y4m>', '4:2:0, 8 bits, progressive')
    .argument('<OUT.h264>')
    .requiredOption('--bitrate <kbit/s>', '1 … 1000000', integer(1, 1_000_000))
    .option('--complexity <n>', '0 (fast) … 2 (good)', integer(0, 2), 0)
    .option('--keyint <n>', 'longest distance of key frames', integer(1, 1_000_000), 128)
    .option('--temporal-layers <n>', '1 … 3', integer(1, 3), 1)
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', '\nH.264 is patented. Cisco pays the fees for the binaries of openh264 that Cisco distributes, not for this one:\nwhether you need a licence to encode depends on where you are and on what you do with it.')
    .action((input: string, output: string, options: EncodeOptions) => {
      const report = readSequentially(input, (file) => encode(file, output, options));
      if (options.json) console.log(JSON.stringify(report));
      else console.log(`${output}: ${report.frames} frames in ${report.bytes} bytes, PSNR ${report.psnr_y} dB, ${report.fps} frames a second`);
    });
}

function encode(input: SequentialInput, output: string, options: EncodeOptions) {
  const reader = new Y4mReader(input);
  const { width, height, frameRate } = reader;
  if (width * height > MAX_H264_PIXELS) throw new InputError(`${input.path} has pictures of ${width}×${height}; up to ${MAX_H264_PIXELS} pixels are possible`);
  if (width < MIN_SIDE || height < MIN_SIDE) throw new InputError(`${input.path} has pictures of ${width}×${height}; ${MIN_SIDE}×${MIN_SIDE} are needed`);
  const encoder = new H264Encoder(instantiate<H264EncoderExports>(loadModule('h264')), {
    width,
    height,
    frameRate,
    bitrate: options.bitrate,
    complexity: options.complexity,
    maxKeyFrameInterval: options.keyint,
    temporalLayers: options.temporalLayers,
  });
  const watch = new LapWatch();
  writeFile(output, (file) => {
    while (reader.read(encoder.input)) file.write(watch.measure(() => encoder.encode()));
    if (encoder.stats.frames === 0) throw new InputError(`${input.path} holds no pictures`);
  });
  const { frames, keyFrames, bytes, psnrY } = encoder.stats;
  return {
    frames,
    key_frames: keyFrames,
    cpu_seconds: rounded(watch.cpuSeconds, 4),
    fps: rounded(frames / watch.cpuSeconds, 1),
    bytes,
    psnr_y: rounded(Math.min(psnrY, MAX_PSNR), 3),
    threads: 1,
  };
}
