import { Option, type Command } from 'commander';
import { libraryVersion } from '../wasm/library-version.js';
import { instantiate, type ModuleExports } from '../wasm/loader.js';
import { OggOpusWriter, type OggWriterExports } from '../wasm/ogg-opus-writer.js';
import { OpusEncoder, type EncoderExports } from '../wasm/opus-encoder.js';
import type { ResamplerExports } from '../wasm/resampler.js';
import { InputError } from './input-error.js';
import { loadModule } from './modules.js';
import { integer } from './option-values.js';
import { writeFile } from './output-file.js';
import { convertedLength, convertRate, wavPieces, type Pieces } from './rate-conversion.js';
import { rounded, Stopwatch } from './stopwatch.js';
import { readWav, type WavReader } from './wav-reader.js';

declare const __EARSHOT_VERSION__: string;

/** The rates libopus takes; others are converted to the highest. */
const OPUS_RATES = [8000, 12000, 16000, 24000, 48000];
const OPUS_CLOCK = 48000;
const PACKETS_PER_SECOND = 50;

/** Loss that --fec prepares for when --loss-percent does not say. */
const FEC_LOSS_PERCENT = 20;
const BITRATE_PER_CHANNEL = 32000;

interface EncodeOptions {
  readonly bitrate?: number;
  readonly complexity: number;
  readonly application: 'voip' | 'audio' | 'lowdelay';
  readonly fec?: true;
  readonly lossPercent?: number;
  readonly json?: true;
}

export function addOpusEncode(opus: Command): void {
  opus
    .command('encode')
    .description('encode a WAV file as Ogg Opus, in packets of 20 ms')
    .argument('<IN.wav>', '8 … 192 kHz, mono or stereo, PCM or float')
    .argument('<OUT.opus>')
    .option('--bitrate <bit/s>', `6000 … 510000; ${BITRATE_PER_CHANNEL} a channel by default`, integer(6000, 510000))
    .option('--complexity <n>', '0 … 10', integer(0, 10), 9)
    .addOption(new Option('--application <kind>', 'what to optimise for').choices(['voip', 'audio', 'lowdelay']).default('voip'))
    .option('--fec', 'in-band forward error correction')
    .option('--loss-percent <n>', `expected packet loss; 0, or ${FEC_LOSS_PERCENT} with --fec, by default`, integer(0, 100))
    .option('--json', 'print what was done as JSON')
    .action((input: string, output: string, options: EncodeOptions) => {
      const report = readWav(input, (wav) => encode(wav, output, options));
      if (options.json) console.log(JSON.stringify(report));
      else console.log(`${output}: ${report.seconds} s in ${report.bytes} bytes, ${report.times_real_time} times real time`);
    });
}

function encode(wav: WavReader, output: string, options: EncodeOptions) {
  const { sampleRate, numChannels, numFrames } = wav;
  if (numChannels > 2) throw new InputError(`${wav.path} has ${numChannels} channels; give one or two`);
  if (sampleRate < 8000 || sampleRate > 192000) throw new InputError(`${wav.path} is at ${sampleRate} Hz; give a rate from 8000 to 192000 Hz`);
  const stopwatch = new Stopwatch();
  const audio = instantiate<EncoderExports & ModuleExports & { library_version(): number }>(loadModule('audio'));
  const files = instantiate<OggWriterExports & ResamplerExports>(loadModule('file'));
  const rate = OPUS_RATES.includes(sampleRate) ? sampleRate : OPUS_CLOCK;
  const encoder = new OpusEncoder(audio, {
    sampleRate: rate,
    numChannels,
    application: options.application,
    bitrate: options.bitrate ?? BITRATE_PER_CHANNEL * numChannels,
    complexity: options.complexity,
    fec: options.fec ?? false,
    expectedLoss: (options.lossPercent ?? (options.fec ? FEC_LOSS_PERCENT : 0)) / 100,
    dtx: false,
    maxBandwidth: 'fullband',
  });
  const ogg = new OggOpusWriter(files, {
    numChannels,
    preSkip: (encoder.lookahead * OPUS_CLOCK) / rate,
    inputSampleRate: sampleRate,
    serial: Math.floor(Math.random() * 2 ** 32),
    vendor: libraryVersion(audio),
    comment: `ENCODER=earshot ${__EARSHOT_VERSION__}`,
  });

  let bytes = 0;
  writeFile(output, (file) => {
    const save = () => {
      const pages = ogg.takePages();
      bytes += pages.length;
      file.write(pages);
    };
    const length = convertedLength(numFrames, sampleRate, rate);
    const conversion = { inputRate: sampleRate, outputRate: rate, numChannels, numFrames: length };
    const sound = convertRate(files, wavPieces(wav), conversion);
    // The encoder lags by its lookahead: silence behind the end brings the last samples out.
    const framesToCode = length + encoder.lookahead;
    for (const frames of packets(sound, encoder.input, rate / PACKETS_PER_SECOND, numChannels, framesToCode)) {
      ogg.write(encoder.encode(frames));
      save();
    }
    ogg.finish((length * OPUS_CLOCK) / rate);
    save();
  });

  const seconds = numFrames / sampleRate;
  const cpuSeconds = stopwatch.cpuSeconds;
  return {
    seconds: rounded(seconds, 3),
    cpu_seconds: rounded(cpuSeconds, 4),
    times_real_time: rounded(seconds / cpuSeconds, 1),
    bytes,
  };
}

/** Fills `input` with one packet after the other, interleaved, until `total` frames are covered; silence follows the sound. */
function* packets(sound: Pieces, input: Float32Array, packetFrames: number, numChannels: number, total: number): Iterable<number> {
  let filled = 0;
  let coded = 0;
  for (const piece of sound) {
    for (let at = 0; at < piece[0]!.length; ) {
      const count = Math.min(packetFrames - filled, piece[0]!.length - at);
      for (let c = 0; c < numChannels; c++) {
        const channel = piece[c]!;
        for (let i = 0; i < count; i++) input[(filled + i) * numChannels + c] = channel[at + i]!;
      }
      filled += count;
      at += count;
      if (filled < packetFrames) continue;
      yield packetFrames;
      coded += packetFrames;
      filled = 0;
    }
  }
  while (coded < total) {
    input.fill(0, filled * numChannels, packetFrames * numChannels);
    yield packetFrames;
    coded += packetFrames;
    filled = 0;
  }
}
