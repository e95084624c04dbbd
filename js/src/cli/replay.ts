import type { Command } from 'commander';
import { PlayoutStat } from '../wasm/abi.js';
import { instantiate } from '../wasm/loader.js';
import { OpusEncoder } from '../wasm/opus-encoder.js';
import { PlayoutChain } from '../wasm/playout-chain.js';
import type { ResamplerExports } from '../wasm/resampler.js';
import { InputError } from './input-error.js';
import { loadModule } from './modules.js';
import { integer } from './option-values.js';
import { writeFile } from './output-file.js';
import { readTrace } from './packet-trace.js';
import { convertedLength, convertRate, wavPieces } from './rate-conversion.js';
import { rounded } from './stopwatch.js';
import { readWav, type WavReader } from './wav-reader.js';
import { WavWriter } from './wav-writer.js';

const RATE = 48000;
const PACKET_FRAMES = 960;
const PACKET_MS = 20;
const TICK_FRAMES = 480;
const TICK_MS = 10;
/** Played after the last packet was sent, so that what is late is still heard. */
const TAIL_MS = 400;

interface ReplayOptions {
  readonly fec?: true;
  readonly bitrate: number;
  readonly minDelay: number;
  readonly maxDelay: number;
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
    .argument('<SPEECH.wav>', 'mono, 8 … 192 kHz; converted to 48 kHz')
    .argument('<TRACE.txt>', 'per line the delay in ms of one 20 ms packet, or lost')
    .argument('<OUT.wav>', 'what is heard: 48 kHz mono, 16 bit')
    .option('--fec', 'in-band forward error correction, for 20 % expected loss')
    .option('--bitrate <bit/s>', 'of the Opus encoder', integer(6000, 510000), 32000)
    .option('--min-delay <ms>', 'lower bound of the target delay', integer(0, 4000), 0)
    .option('--max-delay <ms>', 'upper bound of the target delay', integer(0, 4000), 4000)
    .option('--json', 'print the statistics as JSON')
    .action((speech: string, trace: string, output: string, options: ReplayOptions) => {
      if (options.minDelay > options.maxDelay) throw new InputError(`--min-delay ${options.minDelay} is over --max-delay ${options.maxDelay}`);
      const delays = readTrace(trace);
      const sound = readWav(speech, readSpeech);
      if (sound.length < PACKET_FRAMES) throw new InputError(`${speech} is shorter than one packet of ${PACKET_MS} ms`);
      const report = replay(sound, delays, output, options);
      if (options.json) console.log(JSON.stringify(report));
      else for (const [name, value] of Object.entries(report)) console.log(`${name.padEnd(22)}${value}`);
    });
}

/** All of the sound, at 48 kHz. */
function readSpeech(wav: WavReader): Float32Array {
  const { path, sampleRate, numChannels, numFrames } = wav;
  if (numChannels !== 1) throw new InputError(`${path} has ${numChannels} channels; replay takes mono`);
  if (sampleRate < 8000 || sampleRate > 192000) throw new InputError(`${path} is at ${sampleRate} Hz; give a rate from 8000 to 192000 Hz`);
  const sound = new Float32Array(convertedLength(numFrames, sampleRate, RATE));
  const files = instantiate<ResamplerExports>(loadModule('file'));
  let filled = 0;
  const conversion = { inputRate: sampleRate, outputRate: RATE, numChannels, numFrames: sound.length };
  for (const [piece] of convertRate(files, wavPieces(wav), conversion)) {
    sound.set(piece!, filled);
    filled += piece!.length;
  }
  return sound;
}

function replay(sound: Float32Array, delays: readonly (number | null)[], output: string, options: ReplayOptions) {
  const numPackets = Math.min(Math.floor(sound.length / PACKET_FRAMES), delays.length);
  const packets = sendAll(sound, delays.slice(0, numPackets), options);
  const chain = new PlayoutChain(loadModule('worklet'), { sampleRate: RATE, numChannels: 1, maxFrames: TICK_FRAMES });
  chain.configure(options);

  // The clock: packets that have arrived by a tick are inserted before its sound is taken; the first tick is at 0.
  const numTicks = (numPackets * PACKET_MS + TAIL_MS) / TICK_MS;
  let next = 0;
  let processMs = 0;
  writeFile(output, (file) => {
    const writer = new WavWriter(file, { sampleRate: RATE, numChannels: 1, encoding: 'pcm16' }, numTicks * TICK_FRAMES);
    for (let tick = 0; tick < numTicks; tick++) {
      for (; next < packets.length && packets[next]!.arrival <= tick * TICK_MS; next++) insert(chain, packets[next]!);
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
function sendAll(sound: Float32Array, delays: readonly (number | null)[], { fec, bitrate }: ReplayOptions): SentPacket[] {
  const encoder = OpusEncoder.create(loadModule('audio'), {
    application: 'voip',
    numChannels: 1,
    bitrate,
    complexity: 9,
    fec: fec ?? false,
    expectedLoss: fec ? 0.2 : 0,
    dtx: false,
    maxBandwidth: 'fullband',
  });
  const sent: SentPacket[] = [];
  delays.forEach((delay, index) => {
    encoder.input.set(sound.subarray(index * PACKET_FRAMES, (index + 1) * PACKET_FRAMES));
    const payload = encoder.encode(PACKET_FRAMES);
    if (delay !== null) sent.push({ arrival: (index + 1) * PACKET_MS + delay, index, payload: payload.slice() });
  });
  return sent.sort((a, b) => a.arrival - b.arrival);
}

function insert(chain: PlayoutChain, { index, payload }: SentPacket): void {
  chain.insert({
    payload,
    payloadType: 111,
    ssrc: 1,
    // Away from zero, so that nothing works only because a counter began there.
    sequenceNumber: (index + 1000) & 0xffff,
    rtpTimestamp: (index * PACKET_FRAMES + 4000) >>> 0,
  });
}
