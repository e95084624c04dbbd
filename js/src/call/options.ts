import type { EncoderSettings, LatencyHint, OpusBandwidth, PlayoutSettings, ReceiverSettings } from '../protocol.js';
import { inRange, invalid, isBoolean, isChannelCount, oneOf } from '../validate.js';
import type { TapSource } from './tap.js';
import type { TransformKind } from './transform.js';

/** What can be changed during a call. */
export interface SenderUpdate {
  /** bit/s, 6000 … 510000; default 32000. */
  bitrate?: number;
  /** 0 (fast) … 10 (best); default 9. */
  complexity?: number;
  /** In-band forward error correction; default true. It costs nothing while no loss is expected. */
  fec?: boolean;
  /** Discontinuous transmission: tiny packets during silence; default false. */
  dtx?: boolean;
  /** Share of packets the encoder prepares for losing, 0 … 1; `'auto'` (default) follows the far end's reports. */
  expectedLoss?: number | 'auto';
  /** Widest audio bandwidth to send; default `'fullband'`. */
  maxBandwidth?: OpusBandwidth;
  /**
   * Copies of earlier packets that each packet brings, 0 … 2, where the session sends redundant audio data (RFC 2198): when
   * `setCodecPreferences` put `audio/red` before Opus. Default 1, as the browser sends.
   */
  redundancy?: 0 | 1 | 2;
  /** Sends the native payload, for comparison; default false. */
  bypass?: boolean;
}

export interface SenderOptions extends SenderUpdate {
  /** Sound to send in place of the sender's own track, which then only keeps the time. Default: the sender's track. */
  source?: TapSource;
  /** What Opus optimises for; default `'voip'`. */
  application?: 'voip' | 'audio' | 'lowdelay';
  /**
   * Deep redundancy (DRED), ms, 0 (default) … 1000: each packet describes so much of the sound before it as well, as far as bitrate
   * and expected loss leave room; a receiver that can read it makes lost packets anew. Above 0 another module is loaded (0.4 MB).
   * In-band FEC comes first: with it, 32 kbit/s leave no room and 48 do.
   */
  dred?: number;
  /** Channels to encode, 1 (default) or 2. */
  channelCount?: 1 | 2;
  /** Default `'auto'`: RTCRtpScriptTransform where there is one, else createEncodedStreams. */
  transform?: 'auto' | TransformKind;
}

/** What can be changed during a call. */
export interface ReceiverUpdate {
  /** Bounds of the jitter buffer's delay, ms, 0 … 4000; default 0 and 2000. */
  minDelay?: number;
  maxDelay?: number;
  /**
   * What a shorter delay is worth: `'interactive'` accepts twice as many gaps for it as `'balanced'` (default), `'playback'` a
   * third. Within the bounds above.
   */
  latencyHint?: LatencyHint;
  /**
   * What the native decoder gets while ours plays: `'keep'` (default) the same packets, so that its sound is ready at any
   * moment; `'silence'` saves its work, and its sound returns one network delay after a fault.
   */
  nativeDecoder?: 'keep' | 'silence';
  /** Plays the native sound, for comparison; default false. */
  bypass?: boolean;
  /** Impairs what arrived before both decoders, for demonstrations: share of packets lost, and largest extra delay in ms. */
  simulate?: { loss?: number; jitter?: number };
}

/**
 * Whether `connect()` goes to the loudspeaker by a way that every browser's echo canceller knows, an element fed by an
 * RTCPeerConnection within the page: `true`, `false`, or `'auto'` (default), where a microphone that `enhance()` processes has
 * the `echoCancellation` `'remote-only'`. It costs some tens of milliseconds.
 */
export type EchoSafe = 'auto' | boolean;

export interface ReceiverOptions extends ReceiverUpdate {
  /** Where to play; default: the library's own context, at the device's rate. Never closed by the library. */
  audioContext?: AudioContext;
  /** How `connect()` goes to the loudspeaker; default `'auto'`. Fixed. */
  echoSafe?: EchoSafe;
  /** Channels to play, 1 (default) or 2. */
  channelCount?: 1 | 2;
  /**
   * How the loss of Opus packets is hidden: `'standard'` (default) by signal processing; `'deep'` by libopus's networks, which also
   * read a sender's deep redundancy and enhance speech of low bitrate. `'deep'` loads another module (2 MB) and wants three to
   * six times the CPU. Where it cannot be loaded, `'standard'` it is: see `ReceiverAttachment.concealment`.
   */
  concealment?: Concealment;
  transform?: 'auto' | TransformKind;
}

const BANDWIDTHS = ['narrowband', 'mediumband', 'wideband', 'superwideband', 'fullband'] as const;
const APPLICATIONS = ['voip', 'audio', 'lowdelay'] as const;
const REDUNDANCIES = [0, 1, 2] as const;
const LATENCY_HINTS = ['interactive', 'balanced', 'playback'] as const;
const CONCEALMENTS = ['standard', 'deep'] as const;
const TRANSFORMS = ['auto', 'script', 'legacy'] as const;

/** Encoder settings with the loss still to be measured (`'auto'`) where nothing fixed is wanted. */
export interface SenderSettings extends Omit<EncoderSettings, 'expectedLoss'> {
  readonly expectedLoss: number | 'auto';
}

const DEFAULT_SENDER: SenderSettings = {
  application: 'voip',
  numChannels: 1,
  bitrate: 32000,
  complexity: 9,
  fec: true,
  dtx: false,
  expectedLoss: 'auto',
  maxBandwidth: 'fullband',
  redundancy: 1,
  dred: 0,
  bypass: false,
};

/** All options of the encoder, checked. Throws an EarshotError for a value out of range. */
export function senderSettings(options: SenderOptions): SenderSettings {
  return updateSender(options, {
    ...DEFAULT_SENDER,
    application: oneOf('sender', 'application', options.application ?? DEFAULT_SENDER.application, APPLICATIONS),
    numChannels: isChannelCount('sender', options.channelCount ?? DEFAULT_SENDER.numChannels),
    dred: Math.round(inRange('sender', 'dred', options.dred ?? DEFAULT_SENDER.dred, 0, 1000)),
  });
}

/** `current` with the given options replaced. */
export function updateSender(options: SenderUpdate, current: SenderSettings): SenderSettings {
  const flag = (name: 'fec' | 'dtx' | 'bypass') => isBoolean('sender', name, options[name] ?? current[name]);
  const loss = options.expectedLoss ?? current.expectedLoss;
  return {
    ...current,
    bitrate: inRange('sender', 'bitrate', options.bitrate ?? current.bitrate, 6000, 510000),
    complexity: Math.round(inRange('sender', 'complexity', options.complexity ?? current.complexity, 0, 10)),
    fec: flag('fec'),
    dtx: flag('dtx'),
    bypass: flag('bypass'),
    expectedLoss: loss === 'auto' ? loss : inRange('sender', 'expectedLoss', loss, 0, 1),
    maxBandwidth: oneOf('sender', 'maxBandwidth', options.maxBandwidth ?? current.maxBandwidth, BANDWIDTHS),
    redundancy: oneOf('sender', 'redundancy', options.redundancy ?? current.redundancy, REDUNDANCIES),
  };
}

export interface ReceiverAllSettings extends ReceiverSettings, PlayoutSettings {}

const DEFAULT_RECEIVER: ReceiverAllSettings = {
  minDelay: 0,
  maxDelay: 2000,
  latencyHint: 'balanced',
  nativeDecoder: 'keep',
  bypass: false,
  simulate: { loss: 0, jitter: 0 },
};

/** `current` with the given options replaced. Throws an EarshotError for a value out of range. */
export function receiverSettings(options: ReceiverUpdate, current = DEFAULT_RECEIVER): ReceiverAllSettings {
  const minDelay = inRange('receiver', 'minDelay', options.minDelay ?? current.minDelay, 0, 4000);
  const maxDelay = inRange('receiver', 'maxDelay', options.maxDelay ?? current.maxDelay, 0, 4000);
  if (minDelay > maxDelay) throw invalid('receiver', 'minDelay', minDelay, `at most maxDelay, which is ${maxDelay}`);
  const { loss = 0, jitter = 0 } = options.simulate ?? current.simulate;
  return {
    minDelay,
    maxDelay,
    latencyHint: oneOf('receiver', 'latencyHint', options.latencyHint ?? current.latencyHint, LATENCY_HINTS),
    nativeDecoder: oneOf('receiver', 'nativeDecoder', options.nativeDecoder ?? current.nativeDecoder, ['keep', 'silence']),
    bypass: isBoolean('receiver', 'bypass', options.bypass ?? current.bypass),
    simulate: {
      loss: inRange('receiver', 'simulate.loss', loss, 0, 1),
      jitter: inRange('receiver', 'simulate.jitter', jitter, 0, 10000),
    },
  };
}

/** How loss is hidden. */
export type Concealment = (typeof CONCEALMENTS)[number];

export function wantedConcealment(value: unknown): Concealment {
  return oneOf('receiver', 'concealment', value ?? 'standard', CONCEALMENTS);
}

export function wantedEchoSafety(module: 'receiver' | 'mixer', value: EchoSafe | undefined): EchoSafe {
  return oneOf(module, 'echoSafe', value ?? 'auto', ['auto', true, false]);
}

export function wantedTransform(side: 'sender' | 'receiver', value: unknown): 'auto' | TransformKind {
  return oneOf(side, 'transform', value ?? 'auto', TRANSFORMS);
}
