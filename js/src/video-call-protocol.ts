/**
 * Messages of video in a call, as discriminated unions.
 *
 * ```
 * window ⇄ sender pipe in the video worker      a MessagePort per attachment, handed over with the transform
 * window ⇄ receiver pipe in the video worker    likewise
 * ```
 */
import type { AudioClock, Fault, PayloadTypes, PayloadTypesNeeded, StateReport } from './protocol.js';

/** Sides of the carrier's picture, pixels: smaller than any camera's, by which its frames are known. */
export const CARRIER_SIDE = 16;

export type ScalabilityMode = 'L1T1' | 'L1T2' | 'L1T3';

/** How pictures are encoded at the moment. */
export interface VideoRates {
  /** Pixels. The picture is scaled to it. */
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** bit/s */
  readonly bitrate: number;
  /** 1 (slow, good) … 16. */
  readonly speed: number;
}

export interface VideoSenderSettings {
  readonly scalabilityMode: ScalabilityMode;
  /** Text and drawings rather than a camera's picture. */
  readonly screenContent: boolean;
  /** Send the native payload. */
  readonly bypass: boolean;
}

export type VideoSenderCommand =
  /** (Re)starts a retired pipe. */
  | { readonly type: 'start'; readonly settings: VideoSenderSettings }
  | { readonly type: 'update'; readonly settings: VideoSenderSettings }
  | { readonly type: 'rates'; readonly rates: VideoRates }
  /** The pictures of a track from now on, where there is a MediaStreamTrackProcessor. */
  | { readonly type: 'pictures'; readonly readable: ReadableStream<VideoFrame> }
  /** One picture, where there is none, and how old it is, ms. `picture-taken` asks for the next. */
  | { readonly type: 'picture'; readonly picture: VideoFrame; readonly age: number }
  | { readonly type: 'no-pictures' }
  /** Where to write carrier pictures; without it `carry` asks the window for each. */
  | { readonly type: 'carrier'; readonly writable: WritableStream<VideoFrame> }
  | { readonly type: 'key-frame' }
  | { readonly type: 'audio-clock'; readonly clock: AudioClock | null }
  | PayloadTypes
  | { readonly type: 'stats'; readonly id: number }
  /** Native payload from now on; the transform itself lives as long as the connection. */
  | { readonly type: 'retire' };

/** Counters since the start, named as in the outbound-rtp statistics of webrtc-stats. */
export interface VideoSenderCounters {
  /** Pictures that came from the source. */
  readonly framesCaptured: number;
  /** Of those, not encoded because the encoder was busy. */
  readonly framesDroppedAtInput: number;
  /** Of those, dropped by the encoder's rate control. */
  readonly framesDroppedByEncoder: number;
  readonly framesEncoded: number;
  readonly keyFramesEncoded: number;
  /** Frames that left with our payload. */
  readonly framesSent: number;
  /** Frames that left with the browser's own payload. */
  readonly framesNative: number;
  readonly bytesSent: number;
  /** s */
  readonly totalEncodeTime: number;
  /** s, from the picture's arrival to the payload's departure. */
  readonly totalSendTime: number;
  /** Sum of the quantizer indices of encoded frames, 0 … 127 each. */
  readonly qpSum: number;
  /** Key frames the far end asked for. */
  readonly pliCount: number;
  /** Of the latest encoded frame, and of the latest picture of the source. */
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Encoded in the last second. */
  readonly framesPerSecond: number;
  /** bit/s of our payload over the last second. */
  readonly bitrate: number;
}

export type VideoSenderReport =
  | StateReport
  | Fault
  | PayloadTypesNeeded
  /** The transform received its first frame. */
  | { readonly type: 'flowing' }
  /** What the native track is to be: the carrier while ours is sent, else the source itself. */
  | { readonly type: 'track'; readonly wanted: 'carrier' | 'source' }
  /** A carrier picture is needed now. */
  | { readonly type: 'carry' }
  | { readonly type: 'picture-taken' }
  /** Size of the pictures that come from the source. */
  | { readonly type: 'source-size'; readonly width: number; readonly height: number }
  | { readonly type: 'stats'; readonly id: number; readonly counters: VideoSenderCounters };

export interface VideoReceiverSettings {
  /** Bounds of the delay of playing, ms. */
  readonly minDelay: number;
  readonly maxDelay: number;
  /** Show what the browser decodes. */
  readonly bypass: boolean;
}

export type VideoReceiverCommand =
  | { readonly type: 'start'; readonly settings: VideoReceiverSettings }
  | { readonly type: 'update'; readonly settings: VideoReceiverSettings }
  /** Where to write pictures; without it each is posted to the window. */
  | { readonly type: 'sink'; readonly writable: WritableStream<VideoFrame> }
  /** What the browser decodes, to be shown while ours is not. */
  | { readonly type: 'native-pictures'; readonly readable: ReadableStream<VideoFrame> }
  /** The sound that is heard at a time, for lip sync; null without. */
  | { readonly type: 'audio-clock'; readonly clock: AudioClock | null }
  | PayloadTypes
  | { readonly type: 'stats'; readonly id: number }
  | { readonly type: 'retire' };

/** Counters since the start, named as in the inbound-rtp statistics of webrtc-stats. */
export interface VideoReceiverCounters {
  readonly framesReceived: number;
  readonly keyFramesDecoded: number;
  readonly framesDecoded: number;
  readonly framesRendered: number;
  /** Received, but too late, twice, or of no use after a gap. */
  readonly framesDropped: number;
  /** Known to be missing by our frame counter. */
  readonly framesLost: number;
  /** Frames that did not decode. */
  readonly framesCorrupted: number;
  readonly bytesReceived: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  /** Rendered in the last second. */
  readonly framesPerSecond: number;
  /** s */
  readonly totalDecodeTime: number;
  readonly totalInterFrameDelay: number;
  readonly totalSquaredInterFrameDelay: number;
  /** Times in which the picture stood still for max(3 δ, δ + 150 ms) or longer, δ being the mean distance of the latest 30 frames. */
  readonly freezeCount: number;
  readonly totalFreezesDuration: number;
  /** From a gap to the first good picture after it, s. */
  readonly recoveryCount: number;
  readonly totalRecoveryTime: number;
  /** From arrival to rendering, s, summed over `jitterBufferEmittedCount` frames. */
  readonly jitterBufferDelay: number;
  readonly jitterBufferEmittedCount: number;
  /** What the delay is steered to, ms. */
  readonly targetDelay: number;
  /** Key frames we asked for. */
  readonly pliCount: number;
  /** Whether frames come with our frame counter. */
  readonly counted: boolean;
  /** How much later the picture is than the sound of the same moment, ms: smoothed; null without an audio clock. */
  readonly syncOffset: number | null;
}

export type VideoReceiverReport =
  | StateReport
  | Fault
  | PayloadTypesNeeded
  | { readonly type: 'flowing' }
  /** To be drawn now. */
  | { readonly type: 'picture'; readonly picture: VideoFrame }
  /** The sound would have to be so much later, or if negative could be earlier, for both to be heard and seen as soon as they can, ms. */
  | { readonly type: 'audio-wait'; readonly by: number }
  | { readonly type: 'stats'; readonly id: number; readonly counters: VideoReceiverCounters };
