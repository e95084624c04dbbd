import { Option, type Command } from 'commander';
import type { LatencyHint } from '../protocol.js';
import { PlayoutStat } from '../wasm/abi.js';
import { instantiate } from '../wasm/loader.js';
import { PlayoutChain } from '../wasm/playout-chain.js';
import type { ResamplerExports } from '../wasm/resampler.js';
import { redPayload } from '../worker/red-payload.js';
import { InputError } from './input-error.js';
import { loadModule } from './modules.js';
import { integer } from './option-values.js';
import { writeFile } from './output-file.js';
import { CODECS, type Codec, type CodecName, type CodecOptions } from './packet-codecs.js';
import { readTrace } from './packet-trace.js';
import { convertedLength, convertRate, wavPieces } from './rate-conversion.js';
import { rounded } from './stopwatch.js';
import { readWav, type WavReader } from './wav-reader.js';
import { WavWriter } from './wav-writer.js';

/** Of what is heard. */
const RATE = 48000;
const PACKET_MS = 20;
const TICK_FRAMES = 480;
const TICK_MS = 10;
/** Played after the last packet was sent, so that what is late is still heard. */
const TAIL_MS = 400;
/** As browsers number it. */
const RED_PAYLOAD_TYPE = 63;

interface ReplayOptions extends CodecOptions {
  readonly codec: CodecName;
  readonly red: number;
  readonly deep?: true;
  readonly minDelay: number;
  readonly maxDelay: number;
  readonly latencyHint: LatencyHint;
  readonly json?: true;
}

interface SentPacket {
  /** Since the first sample was spoken, ms. */
  readonly arrival: number;
  readonly index: number;
  readonly payload: Uint8Array;
}

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('send speech through a recorded network and play it through the jitter buffer, in simulated time')
    .argument('<SPEECH.wav>', "mono, 8 … 192 kHz; converted to the codec's rate")
    .argument('<TRACE.txt>', 'per line the delay in ms of one 20 ms packet, or lost')
    .argument('<OUT.wav>', 'what is heard: 48 kHz mono, 16 bit')
    .addOption(new Option('--codec <name>', 'of the packets').choices(Object.keys(CODECS)).default('opus'))
    .option('--fec', 'in-band forward error correction of Opus, for 20 % expected loss')
    .option('--red <copies>', 'redundant audio data: each packet brings copies of so many before it', integer(0, 3), 0)
    .option('--deep', 'conceal loss of Opus by the networks of the deep module')
    .option('--dred <ms>', 'deep redundancy of Opus: each packet describes so much of the sound before it, for 20 % expected loss', integer(0, 1000), 0)
    .option('--bitrate <bit/s>', 'of the Opus encoder', integer(6000, 510000), 32000)
    .option('--min-delay <ms>', 'lower bound of the target delay', integer(0, 4000), 0)
    .option('--max-delay <ms>', 'upper bound of the target delay', integer(0, 4000), 4000)
    .addOption(new Option('--latency-hint <hint>', 'what a shorter delay is worth in gaps')
      .choices(['interactive', 'balanced', 'playback']).default('balanced'))
    .option('--json', 'print the statistics as JSON')
    .action((speech: string, trace: string, output: string, options: ReplayOptions) => {
      if (options.minDelay > options.maxDelay) throw new InputError(`--min-delay ${options.minDelay} is over --max-delay ${options.maxDelay}`);
      if (options.fec && options.codec !== 'opus') throw new InputError(`--fec is of Opus; ${options.codec} has none`);
      if ((options.deep || options.dred > 0) && options.codec !== 'opus') throw new InputError(`--deep and --dred are of Opus; ${options.codec} has none`);
      const codec = CODECS[options.codec];
      const delays = readTrace(trace);
      const sound = readWav(speech, (wav) => readSpeech(wav, codec.rate));
      if (sound.length < packetFrames(codec)) throw new InputError(`${speech} is shorter than one packet of ${PACKET_MS} ms`);
      const report = replay(codec, sound, delays, output, options);
      if (options.json) console.log(JSON.stringify(report));
      else for (const [name, value] of Object.entries(report)) console.log(`${name.padEnd(22)}${value}`);
    });
}

const packetFrames = ({ rate }: Codec) => (rate * PACKET_MS) / 1000;

/** All of the sound, at `rate`. */
function readSpeech(wav: WavReader, rate: number): Float32Array {
  const { path, sampleRate, numChannels, numFrames } = wav;
  if (numChannels !== 1) throw new InputError(`${path} has ${numChannels} channels; replay takes mono`);
  if (sampleRate < 8000 || sampleRate > 192000) throw new InputError(`${path} is at ${sampleRate} Hz; give a rate from 8000 to 192000 Hz`);
  const sound = new Float32Array(convertedLength(numFrames, sampleRate, rate));
  const files = instantiate<ResamplerExports>(loadModule('file'));
  let filled = 0;
  const conversion = { inputRate: sampleRate, outputRate: rate, numChannels, numFrames: sound.length };
  for (const [piece] of convertRate(files, wavPieces(wav), conversion)) {
    sound.set(piece!, filled);
    filled += piece!.length;
  }
  return sound;
}

function replay(codec: Codec, sound: Float32Array, delays: readonly (number | null)[], output: string, options: ReplayOptions) {
  const numPackets = Math.min(Math.floor(sound.length / packetFrames(codec)), delays.length);
  const packets = sendAll(codec, sound, delays.slice(0, numPackets), options);
  const chain = new PlayoutChain(loadModule(options.deep ? 'playout-deep' : 'worklet'), { sampleRate: RATE, numChannels: 1, maxFrames: TICK_FRAMES, codec: codec.codec });
  chain.configure(options);

  // The clock: packets that have arrived by a tick are inserted before its sound is taken; the first tick is at 0.
  const numTicks = (numPackets * PACKET_MS + TAIL_MS) / TICK_MS;
  let next = 0;
  let processMs = 0;
  writeFile(output, (file) => {
    const writer = new WavWriter(file, { sampleRate: RATE, numChannels: 1, encoding: 'pcm16' }, numTicks * TICK_FRAMES);
    for (let tick = 0; tick < numTicks; tick++) {
      for (; next < packets.length && packets[next]!.arrival <= tick * TICK_MS; next++) insert(chain, codec, packets[next]!, options.red > 0);
      const before = performance.now();
      chain.process(TICK_FRAMES);
      processMs += performance.now() - before;
      writer.write(chain.output, 0, TICK_FRAMES);
    }
    writer.end();
  });

  const values = chain.stats();
  const stat = (index: PlayoutStat) => values[index]!;
  const percent = (part: PlayoutStat, digits: number) => rounded((100 * stat(part)) / Math.max(1, stat(PlayoutStat.TotalSamples)), digits);
  const mean = (sum: PlayoutStat) => rounded(stat(sum) / Math.max(1, stat(PlayoutStat.EmittedSamples)), 1);
  return {
    packets: numPackets,
    lost_pct: rounded((100 * (numPackets - packets.length)) / numPackets, 2),
    late_discarded: stat(PlayoutStat.PacketsDiscarded),
    recovered: stat(PlayoutStat.PacketsRecovered),
    concealed_pct: percent(PlayoutStat.ConcealedSamples, 3),
    concealment_events: stat(PlayoutStat.ConcealmentEvents),
    mean_buffer_delay_ms: mean(PlayoutStat.DelaySumMs),
    mean_target_delay_ms: mean(PlayoutStat.TargetDelaySumMs),
    accel_pct: percent(PlayoutStat.RemovedSamples, 2),
    decel_pct: percent(PlayoutStat.InsertedSamples, 2),
    interruptions: stat(PlayoutStat.Interruptions),
    us_per_10ms: rounded((1000 * processMs) / numTicks, 1),
  };
}

/** Encodes every packet and orders those that arrive by their arrival: sent when its last sample was spoken. */
function sendAll(codec: Codec, sound: Float32Array, delays: readonly (number | null)[], options: ReplayOptions): SentPacket[] {
  const frames = packetFrames(codec);
  const encode = codec.encoder(options);
  const { payloadType } = codec;
  const sent: SentPacket[] = [];
  const before: Uint8Array[] = [];
  delays.forEach((delay, index) => {
    const payload = encode(sound.subarray(index * frames, (index + 1) * frames)).slice();
    const copies = before.map((copy, i) => ({ timestampOffset: (before.length - i) * frames, payload: copy }));
    const packet = options.red > 0 ? redPayload({ payloadType, payload }, copies) : payload;
    if (delay !== null) sent.push({ arrival: (index + 1) * PACKET_MS + delay, index, payload: packet });
    before.push(payload);
    if (before.length > options.red) before.shift();
  });
  return sent.sort((a, b) => a.arrival - b.arrival);
}

function insert(chain: PlayoutChain, codec: Codec, { index, payload }: SentPacket, redundant: boolean): void {
  chain.insert({
    payload,
    redundant,
    payloadType: redundant ? RED_PAYLOAD_TYPE : codec.payloadType,
    ssrc: 1,
    // Away from zero, so that nothing works only because a counter began there.
    sequenceNumber: (index + 1000) & 0xffff,
    rtpTimestamp: (index * packetFrames(codec) + 4000) >>> 0,
  });
}
