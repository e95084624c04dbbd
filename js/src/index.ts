/** The public interface of Earshot. */
import { engine } from './engine.js';
import type { Configuration } from './configuration.js';

declare const __EARSHOT_VERSION__: string;

/** The version of the package. */
export const version: string = __EARSHOT_VERSION__;

/** Sets where the library finds its files, and defaults for all later calls. Call it before anything else. */
export function configure(configuration: Configuration): void {
  engine.configure(configuration);
}

export { support, type SupportReport } from './support.js';
export { enhance, type Enhancer, type EnhanceOptions, type EnhancerEventMap } from './capture/enhance.js';
export { level, type Leveler, type LevelOptions, type LevelUpdate } from './capture/level.js';
export { createCaptureNode, type CaptureNode, type CaptureNodeOptions } from './capture/capture-node.js';
export type { CaptureOptions, GainControlOptions, NoiseSuppression, NoiseSuppressionLevel } from './capture/options.js';
export { VoiceActivityEvent, type CaptureEventMap } from './capture/events.js';
export type { CaptureStats } from './capture/stats.js';
export { attachSender, type SenderAttachment, type SenderStats } from './call/sender.js';
export { attachReceiver, type ReceiverAttachment } from './call/receiver.js';
export { attachVideoSender, type VideoSenderAttachment } from './video/sender.js';
export { attachVideoReceiver, type VideoReceiverAttachment } from './video/receiver.js';
export type {
  ContentHint,
  VideoReceiverOptions,
  VideoReceiverUpdate,
  VideoSenderOptions,
  VideoSenderUpdate,
} from './video/options.js';
export type { VideoSenderMoment, VideoSenderStats } from './video/sender-stats.js';
export type { VideoReceiverStats } from './video/receiver-stats.js';
export type { ScalabilityMode } from './video-call-protocol.js';
export { VideoEncoder, type VideoEncoderCallbacks, type VideoEncoderMetadata, type PlainVideoFrame } from './webcodecs/video-encoder.js';
export { VideoDecoder, type VideoDecoderCallbacks } from './webcodecs/video-decoder.js';
export { VideoTranscoder, type VideoTranscoderCallbacks, type VideoTranscoderConfig, type VideoTranscoderMetadata } from './webcodecs/video-transcoder.js';
export type { EarshotVideoEncoderConfig, VideoEncoderTuning } from './webcodecs/encoder-config.js';
export type { VideoChunk } from './webcodecs/chunk.js';
export type { CodecState } from './webcodecs/codec-session.js';
export type { DroppedFrame, DropReason, PixelFormat } from './video-protocol.js';
export { createMixer, type Mixer, type MixerOptions } from './call/mixer.js';
export type { MixerInput, MixerInputOptions } from './call/mixer-input.js';
export type { SenderOptions, SenderUpdate, ReceiverOptions, ReceiverUpdate } from './call/options.js';
export type { DegradationPreference } from './bandwidth/quality-ladder.js';
export type { PlayoutMoment } from './call/history.js';
export type { PlayoutStats } from './call/stats.js';
export { EarshotError, EarshotErrorEvent, type EarshotErrorCode, type EarshotModule } from './errors.js';
export type { EarshotEventMap, State } from './lifecycle.js';
export type { Configuration } from './configuration.js';
