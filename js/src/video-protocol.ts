/**
 * Every message between the window and the video worker, as discriminated unions.
 *
 * ```
 * window ⇄ video worker             worker.postMessage
 * window ⇄ encoder in the worker    a MessagePort each, handed over by `open`
 * window ⇄ decoder in the worker    likewise
 * ```
 * Ports keep the order, so a command counts for what was sent after it.
 */
import type { Vp8CallOptions } from './wasm/vp8-encoder.js';

// ---- pictures ------------------------------------------------------------------------------------------------------

/** Formats of pictures, named as WebCodecs does. */
export type PixelFormat = 'I420' | 'I420A' | 'I422' | 'I444' | 'NV12' | 'NV21' | 'RGBA' | 'RGBX' | 'BGRA' | 'BGRX';

/** A picture where there is no VideoFrame. */
export interface PlainPicture {
  readonly format: PixelFormat;
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** Planes one after another, rows without padding; chroma of halved sides is rounded up. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly colorSpace?: VideoColorSpaceInit;
}

export type Picture = VideoFrame | PlainPicture;

// ---- codecs --------------------------------------------------------------------------------------------------------

/** All of them may change in mid-stream; another size begins with a key frame. */
export interface FrameEncoderSettings extends Vp8CallOptions {
  /** Of the frames, pixels; pictures of other sizes are scaled. */
  readonly width: number;
  readonly height: number;
  /** bit/s */
  readonly bitrate: number;
  /** Pictures a second, about: what counts are timestamps. */
  readonly frameRate: number;
  /** 1 (slow, good) … 16. */
  readonly speed: number;
  /** 1 … 64; no more than the codec was opened with. */
  readonly threads: number;
  /** Longest distance of key frames, in frames; 0: key frames only on request. */
  readonly maxKeyFrameInterval: number;
  /**
   * `source`: the frames mean what their pictures meant, where those are not RGB. `bt601`: BT.601, limited range, as a receiver of
   * VP8 takes it that is not told otherwise.
   */
  readonly colors: 'source' | 'bt601';
}

export interface EncodedFrame {
  readonly data: Uint8Array<ArrayBuffer>;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly key: boolean;
  /** Of the picture, µs. */
  readonly timestamp: number;
  /** 0 … 2. */
  readonly temporalLayer: number;
  /** No later frame refers to it. */
  readonly discardable: boolean;
  /** 0 (best) … 127. */
  readonly quantizer: number;
  /** ms, without the conversion of the picture. */
  readonly encodeTime: number;
  /** Of the picture that was encoded; the stream itself does not say. */
  readonly colorSpace: VideoColorSpaceInit;
}

/** A frame of H.264, whose quantizers are not known. */
export interface EncodedH264Frame extends Omit<EncodedFrame, 'quantizer'> {
  readonly codec: 'h264';
  /** With key frames that have lengths: the AVCDecoderConfigurationRecord. */
  readonly description?: Uint8Array<ArrayBuffer>;
}

/** The codecs of streams that are decoded and encoded. */
export type StreamCodec = 'vp8' | 'h264';

export interface TranscoderSettings {
  readonly from: StreamCodec;
  readonly to: StreamCodec;
  /** bit/s; null: as the input has. */
  readonly bitrate: number | null;
  /** AVCDecoderConfigurationRecord of H.264 that comes with lengths; null: Annex B. */
  readonly description: Uint8Array | null;
  /** Whether H.264 goes out with lengths and a description. */
  readonly avc: boolean;
}

export interface TranscodedFrame {
  readonly type: 'frame';
  readonly data: Uint8Array<ArrayBuffer>;
  readonly key: boolean;
  /** Of the frame that came in. */
  readonly timestamp: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** With key frames of H.264 with lengths. */
  readonly description?: Uint8Array<ArrayBuffer>;
}

/**
 * Why nothing came out:
 * - `damaged`: the frame could not be decoded
 * - `waiting`: no key frame came before it
 * - `unsupported`: the stream is of a size or kind that is not decoded
 * - `hidden`: it is not to be shown; what refers to it is decoded
 */
export type DropReason = 'damaged' | 'waiting' | 'unsupported' | 'hidden';

export interface DroppedFrame {
  readonly type: 'dropped';
  /** Of the frame that came in. */
  readonly timestamp: number;
  readonly reason: DropReason;
  /** Whether the sender is to be asked for a key frame. */
  readonly needsKeyFrame: boolean;
}

// ---- worker --------------------------------------------------------------------------------------------------------

/** What codecs of several threads run in. */
export interface ThreadedVideo {
  readonly module: WebAssembly.Module;
  /** Of `earshot-thread.js`. */
  readonly threadUrl: string;
}

export type VideoWorkerCommand =
  /** Once, before anything can run. */
  | { readonly type: 'module'; readonly module: WebAssembly.Module }
  /** Once, for what needs the module of H.264; then the other one may be missing. */
  | { readonly type: 'h264'; readonly module: WebAssembly.Module }
  /** Once, when a codec is opened in several threads; null: they are not to be had. */
  | { readonly type: 'threads'; readonly threaded: ThreadedVideo | null }
  /** `threads` counts for encoders of VP8 alone. */
  | { readonly type: 'open'; readonly codec: 'encoder' | 'decoder' | 'transcoder'; readonly port: MessagePort; readonly threads: number };

/** Sent once, when the worker's script has run. */
export interface VideoWorkerReport {
  readonly type: 'ready';
}

/** The codec behind a port is no more; nothing comes after it. */
export interface CodecFault {
  readonly type: 'fault';
  readonly reason: string;
}

export type EncoderCommand =
  /** `h264`: instead of VP8; `avc`: with lengths and a description, else Annex B. */
  | { readonly type: 'configure'; readonly settings: FrameEncoderSettings; readonly h264?: { readonly avc: boolean } }
  | { readonly type: 'encode'; readonly picture: Picture; readonly timestamp: number; readonly duration: number | null; readonly keyFrame: boolean }
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'close' };

export type EncoderReport =
  /** For each picture, after its frame if it has one: the next may come. */
  | { readonly type: 'done' }
  | { readonly type: 'frame'; readonly frame: EncodedFrame | EncodedH264Frame; readonly duration: number | null }
  | { readonly type: 'flushed'; readonly id: number }
  | CodecFault;

export type DecoderCommand =
  /** What the frames that follow are said to mean, and the shape they are to be shown in, width over height; null: as the codec has it. */
  | {
      readonly type: 'configure';
      readonly colorSpace: VideoColorSpaceInit | null;
      readonly displayAspect: number | null;
      /** Instead of VP8; with the AVCDecoderConfigurationRecord of frames that have lengths, null: Annex B. */
      readonly h264?: { readonly description: Uint8Array<ArrayBuffer> | null };
    }
  | { readonly type: 'decode'; readonly data: Uint8Array<ArrayBuffer>; readonly timestamp: number; readonly duration: number | null }
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'close' };

export type DecoderReport =
  | { readonly type: 'done' }
  | { readonly type: 'picture'; readonly picture: Picture; readonly timestamp: number; readonly duration: number | null }
  | { readonly type: 'flushed'; readonly id: number }
  | CodecFault;

export type TranscoderCommand =
  | { readonly type: 'configure'; readonly settings: TranscoderSettings }
  | { readonly type: 'transcode'; readonly data: Uint8Array<ArrayBuffer>; readonly timestamp: number; readonly duration: number | null; readonly key: boolean }
  /** The next frame that comes out is to be a key frame. */
  | { readonly type: 'keyFrame' }
  | { readonly type: 'bitrate'; readonly bitrate: number | null }
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'close' };

export type TranscoderReport =
  | { readonly type: 'done' }
  | { readonly type: 'frame'; readonly frame: TranscodedFrame; readonly duration: number | null }
  | DroppedFrame
  | { readonly type: 'flushed'; readonly id: number }
  | CodecFault;
