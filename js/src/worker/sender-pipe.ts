import type { EncoderSettings, SenderCommand, SenderCounters, SenderReport, StateReport, TapBlock } from '../protocol.js';
import { opusSamples } from './opus-packet.js';
import { PayloadRouter } from './payload-router.js';
import { PcmQueue } from './pcm-queue.js';
import { redPrimary } from './red-payload.js';
import { Redundancy } from './redundancy.js';

/** What the pipe needs of the Opus encoder. Any method may throw: that is the fault. */
export interface PayloadEncoder {
  /** Interleaved samples of the next packet, at least 5760 per channel. */
  readonly input: Float32Array;
  /** Samples by which what a decoder gives is behind. */
  readonly lookahead: number;
  configure(settings: EncoderSettings): void;
  /** Encodes `frames` of `input`; the result is valid until the next call. */
  encode(frames: number): Uint8Array;
}

/**
 * How long a carrier frame may wait for its sound, ms. Counted from when this thread took the frame: after a stall the frames are
 * taken before the sound that lies behind them in the same queue.
 */
const MAX_WAIT = 60;

/** Carrier frames in a row without sound, after which none is held back any more: the source is gone, not late. */
const PATIENCE = 3;

/** Durations an Opus encoder takes (opus_encode), in samples at 48 kHz. */
const ENCODABLE = new Set([120, 240, 480, 960, 1920, 2880, 3840, 4800, 5760]);

/** Encoded sound over which the bit rate is measured: one second at 48 kHz. */
const RATE_SAMPLES = 48000;

const SAMPLES_PER_MS = 48;

/** How often it is told what is captured when, ms. */
const CLOCK_INTERVAL = 1000;

/** A carrier frame that waits for its sound. */
interface HeldFrame {
  readonly frame: RTCEncodedAudioFrame;
  readonly samples: number;
  readonly since: number;
  readonly timestamp: number;
  /** Of the codec within redundant audio data; none for plain Opus. */
  readonly redundantType: number | undefined;
}

/**
 * One sender's frames, strictly one out for one in and in order. A carrier frame of Opus leaves with our payload of the same
 * duration, encoded at that moment from the queued sound, and as redundant audio data where it came as such. It waits for missing sound, but not for long; then, and whenever there
 * is no encoder, it leaves with its native payload.
 */
export class SenderPipe {
  readonly #router: PayloadRouter;
  #settings: EncoderSettings | undefined;
  #encoder: PayloadEncoder | undefined;
  #queue: PcmQueue | undefined;
  #pcmPort: MessagePort | undefined;
  #muted = false;
  #state: StateReport['state'] | undefined;
  #flowing = false;
  readonly #held: HeldFrame[] = [];
  readonly #redundancy = new Redundancy();
  #missed = 0;
  #clockToldAt = -Infinity;
  #nextTimestamp: number | undefined;
  #counters = new Counters();

  constructor(
    private readonly emit: (frame: RTCEncodedAudioFrame) => void,
    private readonly report: (report: SenderReport) => void,
    private readonly createEncoder: (settings: EncoderSettings) => Promise<PayloadEncoder>,
    /** ms */
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#router = new PayloadRouter(report);
  }

  onCommand(command: SenderCommand): void {
    switch (command.type) {
      case 'start':
        return this.#start(command.settings);
      case 'update':
        return this.#configure(command.settings);
      case 'pcm':
        return this.#connect(command.port);
      case 'no-pcm':
        return this.#disconnect();
      case 'mute':
        this.#muted = command.muted;
        if (command.muted) this.#release();
        return;
      case 'payload-types':
        return this.#router.learn(command);
      case 'stats':
        return this.report({ type: 'stats', id: command.id, counters: this.#counters.read(this.#queue) });
      case 'retire':
        return this.#retire();
    }
  }

  /** Takes the next frame from the native encoder. */
  onFrame(frame: RTCEncodedAudioFrame): void {
    if (!this.#flowing) {
      this.#flowing = true;
      this.report({ type: 'flowing' });
    }
    const metadata = frame.getMetadata();
    const route = this.#router.route(metadata);
    const red = route === 'red' ? redPrimary(new Uint8Array(frame.data)) : undefined;
    if ((red ? this.#router.routeOfBlock(red.payloadType) : route) !== 'opus') {
      this.#release();
      this.#counters.framesOther++;
      return this.emit(frame);
    }
    const samples = opusSamples(red?.payload ?? new Uint8Array(frame.data));
    const timestamp = metadata.rtpTimestamp;
    // A jump says that the native encoder paused (DTX): the sound of the pause is not sent either.
    if (timestamp !== this.#nextTimestamp) this.#queue?.restart();
    this.#nextTimestamp = timestamp === undefined ? undefined : (timestamp + samples) >>> 0;
    if (!this.#encodes(samples)) {
      this.#release();
      return this.#passNative(frame);
    }
    const since = this.now();
    this.#held.push({ frame, samples, since, timestamp: timestamp ?? 0, redundantType: red?.payloadType });
    this.#serve();
    const latest = this.#missed < PATIENCE ? since - MAX_WAIT : since;
    while (this.#held[0] && this.#held[0].since <= latest) this.#miss();
  }

  /** Takes sound from the tap. */
  onPcm(block: TapBlock): void {
    this.#queue?.write(block);
    this.#serve();
  }

  /** The connection has ended. */
  close(): void {
    this.#retire();
  }

  #encodes(samples: number): boolean {
    if (!this.#encoder || !this.#queue || !this.#settings) return false;
    return !this.#muted && !this.#settings.bypass && ENCODABLE.has(samples);
  }

  /** Sends held frames with our payload, oldest first, as far as the sound goes. */
  #serve(): void {
    for (let held = this.#held[0]; held && this.#encoder && this.#queue && this.#settings; held = this.#held[0]) {
      const { frame, samples, timestamp, redundantType } = held;
      try {
        const input = this.#encoder.input.subarray(0, samples * this.#settings.numChannels);
        const wanted = this.#held.reduce((sum, waiting) => sum + waiting.samples, 0);
        if (!this.#queue.take(input, samples, wanted)) return;
        const before = this.now();
        const payload = this.#encoder.encode(samples).slice();
        this.#counters.count(payload.length, samples, this.now() - before);
        this.#tellClock(timestamp, samples, this.#queue.level);
        const red = redundantType === undefined ? undefined : { payloadType: redundantType, payload };
        frame.data = (red ? this.#redundancy.wrap(red, timestamp, this.#settings.redundancy) : payload).buffer as ArrayBuffer;
      } catch (error) {
        return this.#fault('encode', error);
      }
      this.#held.shift();
      this.#missed = 0;
      this.#enter('running');
      this.emit(frame);
    }
  }

  /** The sound of a packet began to be captured as long ago as what was taken and what is left in the queue is long. */
  #tellClock(timestamp: number, samples: number, left: number): void {
    const now = performance.timeOrigin + this.now();
    if (now - this.#clockToldAt < CLOCK_INTERVAL) return;
    this.#clockToldAt = now;
    const rtpTimestamp = (timestamp + this.#encoder!.lookahead) >>> 0;
    this.report({ type: 'clock', clock: { rtpTimestamp, time: now - (samples + left) / SAMPLES_PER_MS } });
  }

  /** The oldest held frame waited long enough. */
  #miss(): void {
    this.#missed++;
    this.#counters.framesStarved++;
    this.#passNative(this.#held.shift()!.frame);
  }

  /** Lets all held frames go. */
  #release(): void {
    for (const { frame } of this.#held.splice(0)) this.#passNative(frame);
  }

  #passNative(frame: RTCEncodedAudioFrame): void {
    this.#counters.framesNative++;
    // The sound of this frame has been sent now; the next of ours must not send it again.
    this.#queue?.restart();
    this.emit(frame);
  }

  #start(settings: EncoderSettings): void {
    this.#settings = settings;
    this.#state = undefined;
    this.#counters = new Counters();
    if (this.#flowing) this.report({ type: 'flowing' });
    this.createEncoder(settings).then(
      (encoder) => {
        // Retired or restarted meanwhile?
        if (this.#settings === undefined || this.#encoder) return;
        this.#encoder = encoder;
        this.#configure(this.#settings);
      },
      (error: unknown) => this.#fault('instantiate', error),
    );
  }

  #configure(settings: EncoderSettings): void {
    if (!this.#settings) return;
    this.#settings = settings;
    if (settings.bypass) this.#release();
    if (!this.#encoder) return;
    try {
      this.#encoder.configure(settings);
    } catch (error) {
      return this.#fault('configure', error);
    }
    if (settings.bypass) this.#enter('bypassed');
  }

  #connect(port: MessagePort): void {
    if (!this.#settings) return port.close();
    this.#disconnect();
    this.#queue = new PcmQueue(this.#settings.numChannels);
    this.#pcmPort = port;
    port.onmessage = ({ data: block }: MessageEvent<TapBlock>) => {
      this.onPcm(block);
      port.postMessage(block, [block.buffer]);
    };
  }

  #disconnect(): void {
    this.#pcmPort?.close();
    this.#pcmPort = undefined;
    this.#release();
    this.#queue = undefined;
  }

  #retire(): void {
    this.#disconnect();
    this.#settings = undefined;
    this.#encoder = undefined;
  }

  #enter(state: StateReport['state']): void {
    if (state === this.#state) return;
    this.#state = state;
    this.report({ type: 'state', state });
  }

  #fault(operation: string, error: unknown): void {
    this.#encoder = undefined;
    this.#release();
    const reason = error instanceof Error ? error.message : String(error);
    const code = operation === 'instantiate' ? 'wasm-compile' : 'wasm-fault';
    this.report({ type: 'fault', code, operation: `${operation} of the Opus encoder`, reason });
  }
}

class Counters {
  framesNative = 0;
  framesStarved = 0;
  framesOther = 0;
  #framesEncoded = 0;
  #bytesEncoded = 0;
  #bitrate = 0;
  #encodeTimeSum = 0;
  #windowBytes = 0;
  #windowSamples = 0;

  count(bytes: number, samples: number, encodeTime: number): void {
    this.#framesEncoded++;
    this.#bytesEncoded += bytes;
    this.#encodeTimeSum += encodeTime;
    this.#windowBytes += bytes;
    this.#windowSamples += samples;
    if (this.#windowSamples < RATE_SAMPLES) return;
    this.#bitrate = (8 * this.#windowBytes * 48000) / this.#windowSamples;
    this.#windowBytes = this.#windowSamples = 0;
  }

  read(queue: PcmQueue | undefined): SenderCounters {
    return {
      framesEncoded: this.#framesEncoded,
      framesNative: this.framesNative,
      framesStarved: this.framesStarved,
      framesOther: this.framesOther,
      bytesEncoded: this.#bytesEncoded,
      bitrate: this.#bitrate,
      encodeTime: this.#framesEncoded > 0 ? this.#encodeTimeSum / this.#framesEncoded : 0,
      queuedTime: (queue?.level ?? 0) / 48,
      trimmedTime: (queue?.trimmed ?? 0) / 48,
    };
  }
}
