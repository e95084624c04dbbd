import type { DegradationPreference } from '../bandwidth/quality-ladder.js';
import type { TransformKind } from '../call/transform.js';
import type { ReceiverAttachment } from '../call/receiver.js';
import type { SenderAttachment } from '../call/sender.js';
import type { ScalabilityMode, VideoReceiverSettings } from '../video-call-protocol.js';
import { inRange, invalid, isBoolean, oneOf } from '../validate.js';

/** What can be changed during a call. */
export interface VideoSenderUpdate {
  /** bit/s, 30000 … 20000000; default 2500000. The network's own bound is found out during the call. */
  maxBitrate?: number;
  /** bit/s, 30000 … maxBitrate; default 80000: below it rather nothing is readable than more saved. */
  minBitrate?: number;
  /** Pictures a second, 1 … 60; default 30. */
  maxFrameRate?: number;
  /** What gives way when bitrate or processor do not suffice, as in RTCRtpSendParameters; default `'balanced'`. */
  degradationPreference?: DegradationPreference;
  /** What the picture shows, as of MediaStreamTrack; default: what the track says. `'detail'` and `'text'` are for screens. */
  contentHint?: ContentHint;
  /** libvpx's speed, 1 (slow, good) … 16; `'auto'` (default) is as slow as the processor allows. */
  speed?: 'auto' | number;
  /** Temporal layers, as in WebRTC-SVC; default `'L1T1'`. With more, frames can be left out on the way. */
  scalabilityMode?: ScalabilityMode;
  /** Sends what the browser encodes, for comparison; default false. */
  bypass?: boolean;
}

export interface VideoSenderOptions extends VideoSenderUpdate {
  /** The attachment of the sound that belongs to the picture: what it captures when is sent along, for lip sync. */
  syncWith?: SenderAttachment;
  /** Default `'auto'`: RTCRtpScriptTransform where there is one, else createEncodedStreams. */
  transform?: 'auto' | TransformKind;
}

export type ContentHint = '' | 'motion' | 'detail' | 'text';

export interface VideoSenderAllSettings {
  readonly maxBitrate: number;
  readonly minBitrate: number;
  readonly maxFrameRate: number;
  readonly degradationPreference: DegradationPreference;
  readonly contentHint: ContentHint | undefined;
  readonly speed: 'auto' | number;
  readonly scalabilityMode: ScalabilityMode;
  readonly bypass: boolean;
}

const DEFAULT_SENDER: VideoSenderAllSettings = {
  maxBitrate: 2_500_000,
  minBitrate: 80_000,
  maxFrameRate: 30,
  degradationPreference: 'balanced',
  contentHint: undefined,
  speed: 'auto',
  scalabilityMode: 'L1T1',
  bypass: false,
};

const PREFERENCES: readonly DegradationPreference[] = ['balanced', 'maintain-framerate', 'maintain-resolution'];
const HINTS: readonly ContentHint[] = ['', 'motion', 'detail', 'text'];
const MODES: readonly ScalabilityMode[] = ['L1T1', 'L1T2', 'L1T3'];

/** `current` with the given options replaced. Throws an EarshotError for a value out of range. */
export function videoSenderSettings(options: VideoSenderUpdate, current = DEFAULT_SENDER): VideoSenderAllSettings {
  const wanted = { ...current, ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) };
  const maxBitrate = inRange('sender', 'maxBitrate', wanted.maxBitrate, 30_000, 20_000_000);
  const minBitrate = inRange('sender', 'minBitrate', wanted.minBitrate, 30_000, 20_000_000);
  if (minBitrate > maxBitrate) throw invalid('sender', 'minBitrate', minBitrate, `at most maxBitrate, which is ${maxBitrate}`);
  return {
    maxBitrate,
    minBitrate,
    maxFrameRate: inRange('sender', 'maxFrameRate', wanted.maxFrameRate, 1, 60),
    degradationPreference: oneOf('sender', 'degradationPreference', wanted.degradationPreference, PREFERENCES),
    contentHint: wanted.contentHint === undefined ? undefined : oneOf('sender', 'contentHint', wanted.contentHint, HINTS),
    speed: wanted.speed === 'auto' ? 'auto' : Math.round(inRange('sender', 'speed', wanted.speed, 1, 16)),
    scalabilityMode: oneOf('sender', 'scalabilityMode', wanted.scalabilityMode, MODES),
    bypass: isBoolean('sender', 'bypass', wanted.bypass),
  };
}

/** What can be changed during a call. */
export interface VideoReceiverUpdate {
  /** Bounds of the delay between arrival and rendering, ms, 0 … 4000; default 0 and 1000. */
  minDelay?: number;
  maxDelay?: number;
  /** Shows what the browser decodes, for comparison; default false. */
  bypass?: boolean;
}

export interface VideoReceiverOptions extends VideoReceiverUpdate {
  /** The attachment of the sound that belongs to the picture: pictures wait for it, and it for them. */
  syncWith?: ReceiverAttachment;
  /** Default `'auto'`: RTCRtpScriptTransform where there is one, else createEncodedStreams. */
  transform?: 'auto' | TransformKind;
}

const DEFAULT_RECEIVER: VideoReceiverSettings = { minDelay: 0, maxDelay: 1000, bypass: false };

/** `current` with the given options replaced. Throws an EarshotError for a value out of range. */
export function videoReceiverSettings(options: VideoReceiverUpdate, current = DEFAULT_RECEIVER): VideoReceiverSettings {
  const minDelay = inRange('receiver', 'minDelay', options.minDelay ?? current.minDelay, 0, 4000);
  const maxDelay = inRange('receiver', 'maxDelay', options.maxDelay ?? current.maxDelay, 0, 4000);
  if (minDelay > maxDelay) throw invalid('receiver', 'minDelay', minDelay, `at most maxDelay, which is ${maxDelay}`);
  return { minDelay, maxDelay, bypass: isBoolean('receiver', 'bypass', options.bypass ?? current.bypass) };
}

