import { type Command } from 'commander';
import { MAX_VP8_PIXELS } from '../wasm/abi.js';
import { instantiate } from '../wasm/loader.js';
import { Vp8Encoder, type Vp8EncoderExports } from '../wasm/vp8-encoder.js';
import { InputError } from './input-error.js';
import { IvfWriter } from './ivf.js';
import { loadModule } from './modules.js';
import { integer } from './option-values.js';
import { writeFile } from './output-file.js';
import { readSequentially, type SequentialInput } from './sequential-input.js';
import { LapWatch, rounded } from './stopwatch.js';
import { Y4mReader } from './y4m.js';

const MAX_SPEED = 16;
/** What libvpx reports where nothing was lost. */
const MAX_PSNR = 100;

interface EncodeOptions {
  readonly bitrate: number;
  readonly cpuUsed: number;
  readonly threads: number;
  readonly keyint: number;
  readonly json?: true;
}

export function addVp8Encode(vp8: Command): void {
  vp8
    .command('encode')
    .description('encode as for a call: one pass, constant bitrate, no look-ahead')
    .argument('<IN.y4m>', '4:2:0, 8 bits, progressive')
    .argument('<OUT.ivf>')
    .requiredOption('--bitrate <kbit/s>', '1 … 1000000', integer(1, 1_000_000))
    .option('--cpu-used <n>', `speed, 1 (slow, good) … ${MAX_SPEED}, with either sign; 0 counts as 1`, integer(-MAX_SPEED, MAX_SPEED), -6)
    .option('--threads <n>', 'accepted; this build encodes in one thread', integer(1, 64), 1)
    .option('--keyint <n>', 'longest distance of key frames', integer(1, 1_000_000), 128)
    .option('--json', 'print what was done as JSON')
    .action((input: string, output: string, options: EncodeOptions) => {
      const report = readSequentially(input, (file) => encode(file, output, options));
      if (options.json) console.log(JSON.stringify(report));
      else console.log(`${output}: ${report.frames} frames in ${report.bytes} bytes, PSNR ${report.psnr_y} dB, ${report.fps} frames a second`);
    });
}

function encode(input: SequentialInput, output: string, options: EncodeOptions) {
  const reader = new Y4mReader(input);
  const { width, height, frameRate } = reader;
  if (width * height > MAX_VP8_PIXELS) throw new InputError(`${input.path} has pictures of ${width}×${height}; up to ${MAX_VP8_PIXELS} pixels are possible`);
  const encoder = new Vp8Encoder(instantiate<Vp8EncoderExports>(loadModule('video')), {
    width,
    height,
    frameRate,
    bitrate: options.bitrate,
    // Negative numbers are libvpx's for a fixed speed; its other ones follow the clock, and the same command would then
    // make different files.
    speed: Math.max(1, Math.abs(options.cpuUsed)),
    maxKeyFrameInterval: options.keyint,
    measureError: true,
  });
  const watch = new LapWatch();
  const bytes = writeFile(output, (file) => {
    const writer = new IvfWriter(file, { width, height, frameRate });
    while (reader.read(encoder.input)) writer.write(watch.measure(() => encoder.encode().bytes));
    if (encoder.stats.frames === 0) throw new InputError(`${input.path} holds no pictures`);
    writer.end();
    return writer.bytes;
  });
  const { frames, keyFrames, psnrY } = encoder.stats;
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
