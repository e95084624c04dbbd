/**
 * What our sender adds behind the last partition of a VP8 frame. That partition takes what is left of the frame, and a decoder reads no
 * further than the frame's macroblocks need (RFC 6386 §9.5), so that others decode the frame as it is.
 *
 * ```
 * bytes  0 – 1   frame counter
 *        2       how many frames ago the newest one was that this frame needs, 0 for a key frame
 *        3       temporal layer
 *        4 – 7   when the picture was captured, 90 kHz: the RTP timestamp is of the moment it left
 *        8 – 11  RTP timestamp of the sound captured with it
 *       12       flags: 1 – bytes 8 – 11 are known
 *       13 – 15  what it is known by
 *       16 – 17  Fletcher checksum of the bytes before, so that a foreign frame is not taken for ours
 * ```
 * All big-endian, as RTP.
 */
export interface FrameTrailer {
  /** 16 bits, one more with every frame that leaves. */
  readonly counter: number;
  /** 0 … 255. */
  readonly dependency: number;
  readonly temporalLayer: number;
  /** 32 bits, 90 kHz. */
  readonly captureTimestamp: number;
  /** 32 bits, of the RTP clock of the sound. */
  readonly audioTimestamp: number | undefined;
}

export const TRAILER_BYTES = 18;

const MAGIC = [0xea, 0x50, 0x01] as const;
const MAGIC_AT = 13;
const SUM_AT = 16;
const HAS_AUDIO = 1;

/** `payload` with `trailer` behind it. */
export function withTrailer(payload: Uint8Array, trailer: FrameTrailer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(payload.length + TRAILER_BYTES);
  bytes.set(payload);
  const view = new DataView(bytes.buffer, payload.length);
  view.setUint16(0, trailer.counter & 0xffff);
  view.setUint8(2, trailer.dependency);
  view.setUint8(3, trailer.temporalLayer);
  view.setUint32(4, trailer.captureTimestamp);
  view.setUint32(8, trailer.audioTimestamp ?? 0);
  view.setUint8(12, trailer.audioTimestamp === undefined ? 0 : HAS_AUDIO);
  MAGIC.forEach((byte, i) => view.setUint8(MAGIC_AT + i, byte));
  view.setUint16(SUM_AT, checksum(bytes.subarray(payload.length, payload.length + SUM_AT)));
  return bytes;
}

/** The trailer of a frame of ours; undefined where there is none. */
export function readTrailer(frame: Uint8Array): FrameTrailer | undefined {
  const at = frame.length - TRAILER_BYTES;
  if (at <= 0 || MAGIC.some((byte, i) => frame[at + MAGIC_AT + i] !== byte)) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset + at, TRAILER_BYTES);
  if (view.getUint16(SUM_AT) !== checksum(frame.subarray(at, at + SUM_AT))) return undefined;
  return {
    counter: view.getUint16(0),
    dependency: view.getUint8(2),
    temporalLayer: view.getUint8(3),
    captureTimestamp: view.getUint32(4),
    audioTimestamp: view.getUint8(12) & HAS_AUDIO ? view.getUint32(8) : undefined,
  };
}

function checksum(bytes: Uint8Array): number {
  let low = 0;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 255;
    high = (high + low) % 255;
  }
  return (high << 8) | low;
}
