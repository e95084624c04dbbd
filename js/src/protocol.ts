/**
 * Every message between threads, as discriminated unions; one pair of unions per channel.
 *
 * ```
 * window ⇄ capture processor        node.port
 * window ⇄ tap processor            node.port          tap ⇄ worker       a MessagePort of their own
 * window ⇄ worker                   worker.postMessage
 * window ⇄ sender pipe in the worker      a MessagePort per attachment, handed over with the transform
 * window ⇄ receiver pipe in the worker    likewise      receiver pipe ⇄ playout processor  a MessagePort of their own
 * window ⇄ playout processor        node.port
 * window ⇄ mixer processor          node.port          receiver pipe ⇄ mixer processor    a MessagePort each
 * who runs a video codec ⇄ a thread of it  worker.postMessage; from then on they meet in their memory
 * ```
 */

/** A fault as it crosses threads; becomes an EarshotError in the window. */
export interface Fault {
  readonly type: 'fault';
  readonly code: 'wasm-compile' | 'wasm-fault';
  /** What was being done, for example `capture_process`. */
  readonly operation: string;
  readonly reason: string;
}

/** `running`: the WebAssembly carries the sound. `bypassed`: the dry sound is passed on request or for lack of a codec we play. */
export interface StateReport {
  readonly type: 'state';
  readonly state: 'running' | 'bypassed';
}

/** Asks for a `StatsReport` with the same id. */
export interface StatsRequest {
  readonly type: 'stats';
  readonly id: number;
}

/** Likewise, with the rows of the last minute. */
export interface HistoryRequest {
  readonly type: 'history';
  readonly id: number;
}

/**
 * Answers either. Statistics are laid out as the module's enum says, a history in rows of HISTORY_COLUMNS values, the oldest first;
 * empty while the module is not loaded.
 */
export interface StatsReport {
  readonly type: 'stats';
  readonly id: number;
  readonly values: Float64Array;
  /** Time of the context at which a node's statistics hold, s. */
  readonly time?: number;
}

/** Ends the far side of the channel. Nothing is sent after it. */
export interface Close {
  readonly type: 'close';
}

// ---- capture -------------------------------------------------------------------------------------------------------

/** Names under which `worklet/main.ts` registers its processors. */
export const CAPTURE_PROCESSOR = 'earshot-capture';
export const TAP_PROCESSOR = 'earshot-tap';
export const PLAYOUT_PROCESSOR = 'earshot-playout';
export const MIXER_PROCESSOR = 'earshot-mixer';

/** Parameters of gain control; the chain has its own defaults for those that are absent. */
export interface GainControlSettings {
  /** LUFS */
  readonly targetLoudness?: number;
  /** dB */
  readonly maxGain?: number;
  /** dB */
  readonly initialGain?: number;
  /** dB/s */
  readonly maxGainChange?: number;
  /** dB */
  readonly headroom?: number;
  /** dBFS */
  readonly maxOutputNoise?: number;
}

/** Whose voice a chain is for: one's own, or a remote participant's, which is levelled alone. */
export type CapturePurpose = 'microphone' | 'remote';

export interface CaptureSettings {
  /** Fixed at creation. */
  readonly purpose: CapturePurpose;
  /** 0 (off) … 1. */
  readonly noiseSuppression: number;
  readonly autoGainControl: boolean;
  readonly gainControl: GainControlSettings;
  readonly limiter: boolean;
  readonly bypass: boolean;
}

/** `processorOptions` of the capture and playout processors. */
export interface ProcessorOptions<Settings> {
  readonly module: WebAssembly.Module;
  readonly numChannels: number;
  /** Render quantum of the context; 128 unless the page asked for another. */
  readonly quantumFrames: number;
  readonly settings: Settings;
}

export type CaptureCommand =
  | { readonly type: 'update'; readonly settings: CaptureSettings }
  /** Whether somebody wants `voice` reports. */
  | { readonly type: 'watch-voice'; readonly on: boolean }
  | StatsRequest
  | Close;

export type CaptureReport =
  | StateReport
  /** Once, before the first state: the chain's delay in samples of the context, exact. */
  | { readonly type: 'latency'; readonly samples: number }
  /** The speech decision has changed. */
  | { readonly type: 'speech'; readonly active: boolean }
  /** About ten times a second while watched. */
  | { readonly type: 'voice'; readonly probability: number; readonly active: boolean }
  | StatsReport
  | Fault;

// ---- tap -----------------------------------------------------------------------------------------------------------

/** `processorOptions` of the tap processor. */
export interface TapProcessorOptions {
  readonly numChannels: number;
}

export type TapCommand = { readonly type: 'connect'; readonly port: MessagePort } | Close;

/** Frames a tap block holds. Two render quanta: half the messages of one, for 2.7 ms. */
export const TAP_BLOCK_FRAMES = 256;

/** Tap → worker: interleaved samples. Worker → tap: the same array given back for the next block. */
export type TapBlock = Float32Array<ArrayBuffer>;

// ---- worker --------------------------------------------------------------------------------------------------------

export type PipeSide = 'sender' | 'receiver';

/** Options of RTCRtpScriptTransform, and the part of `attach` that both kinds of transform share. */
export interface PipeOptions {
  readonly side: PipeSide;
  readonly port: MessagePort;
}

/** The modules that encode: the small one, and the one with deep redundancy. */
export type EncoderModule = 'audio' | 'encoder-deep';

/** Null when it cannot be had and another serves in its place. */
export interface ModuleCommand<Name extends string> {
  readonly type: 'module';
  readonly name: Name;
  readonly module: WebAssembly.Module | null;
}

/** Streams of createEncodedStreams. */
export interface AttachCommand extends PipeOptions {
  readonly type: 'attach';
  readonly readable: ReadableStream;
  readonly writable: WritableStream;
}

export type WorkerCommand = ModuleCommand<EncoderModule> | AttachCommand;

/** Sent once, when the worker's script has run. */
export interface WorkerReport {
  readonly type: 'ready';
}

/** RTP payload types and their codecs, for browsers whose frames do not say. */
export interface PayloadTypes {
  readonly type: 'payload-types';
  /** Payload type → MIME type in lower case. */
  readonly mimeTypes: Readonly<Record<number, string>>;
}

/** What sound belongs to a time: an RTP timestamp at 48 kHz, and when its sample was captured, or is heard. */
export interface AudioClock {
  readonly rtpTimestamp: number;
  /** ms since the epoch, as `performance.timeOrigin + performance.now()` gives it. */
  readonly time: number;
}

export interface PayloadTypesNeeded {
  readonly type: 'payload-types-needed';
}

export interface EncoderSettings {
  readonly application: 'voip' | 'audio' | 'lowdelay';
  readonly numChannels: 1 | 2;
  readonly bitrate: number;
  readonly complexity: number;
  readonly fec: boolean;
  readonly dtx: boolean;
  /** 0 … 1. */
  readonly expectedLoss: number;
  readonly maxBandwidth: OpusBandwidth;
  /** Copies of earlier packets with each, where redundant audio data is sent. */
  readonly redundancy: 0 | 1 | 2;
  /** Deep redundancy: sound before each packet that it describes as well, ms. Above 0 the deep encoder is used, where it loads. */
  readonly dred: number;
  /** Send the native payload. */
  readonly bypass: boolean;
}

export type OpusBandwidth = 'narrowband' | 'mediumband' | 'wideband' | 'superwideband' | 'fullband';

export type SenderCommand =
  /** (Re)starts a retired pipe. */
  | { readonly type: 'start'; readonly settings: EncoderSettings }
  | { readonly type: 'update'; readonly settings: EncoderSettings }
  /** The PCM source changed: what is queued belongs to the old one. */
  | { readonly type: 'pcm'; readonly port: MessagePort }
  | { readonly type: 'no-pcm' }
  /** While the carrier track is muted its native (silent) payload is sent. */
  | { readonly type: 'mute'; readonly muted: boolean }
  | PayloadTypes
  | { readonly type: 'stats'; readonly id: number }
  /** Native payload from now on; the transform itself lives as long as the connection. */
  | { readonly type: 'retire' };

export interface SenderCounters {
  /** Frames whose payload is ours. */
  readonly framesEncoded: number;
  /** Opus frames sent with the native payload: while loading, bypassed, muted, starved or after a fault. */
  readonly framesNative: number;
  /** Of those, for lack of sound in the queue. */
  readonly framesStarved: number;
  /** Frames of other codecs (DTMF, comfort noise …), always untouched. */
  readonly framesOther: number;
  readonly bytesEncoded: number;
  /** bit/s over the last second of encoded sound. */
  readonly bitrate: number;
  /** Mean time of one encoder call, ms. */
  readonly encodeTime: number;
  /** Sound waiting for the next carrier frame, ms. */
  readonly queuedTime: number;
  /** Sound removed to keep the queue short (clock drift), ms. */
  readonly trimmedTime: number;
}

export type SenderReport =
  | StateReport
  | Fault
  | PayloadTypesNeeded
  /** The transform received its first frame. */
  | { readonly type: 'flowing' }
  /** What sound was captured when; about once a second while ours is sent. */
  | { readonly type: 'clock'; readonly clock: AudioClock }
  | { readonly type: 'stats'; readonly id: number; readonly counters: SenderCounters };

export interface ReceiverSettings {
  /** `silence`: give the native decoder silence while ours plays. */
  readonly nativeDecoder: 'keep' | 'silence';
  /** Impairs what arrived, before both decoders. */
  readonly simulate: { readonly loss: number; readonly jitter: number };
}

export type ReceiverCommand =
  | { readonly type: 'start'; readonly settings: ReceiverSettings }
  | { readonly type: 'update'; readonly settings: ReceiverSettings }
  | { readonly type: 'playout'; readonly port: MessagePort }
  | PayloadTypes
  | { readonly type: 'retire' };

export type ReceiverReport = PayloadTypesNeeded | { readonly type: 'flowing' };

// ---- playout -------------------------------------------------------------------------------------------------------

/** The codecs we play. */
export type PlayedCodec = 'opus' | 'pcma' | 'pcmu';

export interface ReceivedPacket {
  readonly type: 'packet';
  /** RTP payload; empty for padding, and for what rides along without sound of the codec (DTMF, comfort noise). */
  readonly payload: ArrayBuffer;
  /** Whether the payload is redundant audio data (RFC 2198) rather than of the codec itself. */
  readonly redundant: boolean;
  readonly payloadType: number;
  readonly ssrc: number;
  readonly sequenceNumber: number;
  readonly rtpTimestamp: number;
}

/** Receiver pipe → playout processor. `route`: the codec of the packets that follow, Opus at first; null for one we do not play. */
export type PlayoutInput = ReceivedPacket | { readonly type: 'route'; readonly codec: PlayedCodec | null };

export interface PlayoutSettings {
  /** ms */
  readonly minDelay: number;
  /** ms */
  readonly maxDelay: number;
  readonly latencyHint: LatencyHint;
  readonly bypass: boolean;
}

/** What a shorter delay is worth in sound that has to be made up; see `ReceiverUpdate.latencyHint`. */
export type LatencyHint = 'interactive' | 'balanced' | 'playback';

/** Rows of a history, and seconds from one to the next: a minute. */
export const HISTORY_LENGTH = 600;
export const HISTORY_INTERVAL = 0.1;
/** In a row: time of the context (s), current delay (ms), target delay (ms), share concealed since the row before (0 … 1). */
export const HISTORY_COLUMNS = 4;

export type PlayoutCommand =
  | { readonly type: 'update'; readonly settings: PlayoutSettings }
  | { readonly type: 'connect'; readonly port: MessagePort }
  | StatsRequest
  | HistoryRequest
  | Close;

/** `StateReport` goes to the window and to the receiver pipe, which silences the native decoder only while we run. */
export type PlayoutReport = StateReport | StatsReport | Fault;

// ---- mixer ---------------------------------------------------------------------------------------------------------

/** `processorOptions` of the mixer processor. */
export interface MixerProcessorOptions {
  readonly module: WebAssembly.Module;
  readonly quantumFrames: number;
}

/** Where a stream is in the mix. */
export interface MixPlace {
  /** ≥ 0. */
  readonly gain: number;
  /** −1 (left) … 1 (right). */
  readonly pan: number;
}

/** `input`: of the processor, which carries the stream's native sound, and by which the stream is known. */
export type MixerCommand =
  | {
      readonly type: 'add';
      readonly input: number;
      readonly numChannels: number;
      readonly settings: PlayoutSettings;
      readonly place: MixPlace;
      readonly port: MessagePort;
    }
  | { readonly type: 'update'; readonly input: number; readonly settings: PlayoutSettings }
  | { readonly type: 'place'; readonly input: number; readonly place: MixPlace }
  /** Fades it out; `removed` says when. */
  | { readonly type: 'remove'; readonly input: number }
  | ({ readonly input: number } & (StatsRequest | HistoryRequest))
  | Close;

export type MixerReport =
  | { readonly type: 'stream'; readonly input: number; readonly report: StateReport | Fault }
  /** The input may be used again. */
  | { readonly type: 'removed'; readonly input: number }
  | StatsReport;

// ---- threads of a video codec ----------------------------------------------------------------------------------------

/** Makes a worker thread number `index` of the module. */
export interface ThreadStart {
  readonly type: 'start';
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly index: number;
}

/** The one answer: the thread can be given work. */
export interface ThreadReport {
  readonly type: 'ready';
}
