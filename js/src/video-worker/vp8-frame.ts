/** What a VP8 frame says of itself before it is decoded (RFC 6386 §9.1). */
export interface Vp8FrameInfo {
  readonly key: boolean;
  /** Of key frames, pixels; else 0. */
  readonly width: number;
  readonly height: number;
}

const KEY_FRAME_HEADER = 10;

/** Undefined for what cannot be a VP8 frame. */
export function vp8FrameInfo(bytes: Uint8Array): Vp8FrameInfo | undefined {
  if (bytes.length < 3) return undefined;
  if (bytes[0]! & 1) return { key: false, width: 0, height: 0 };
  if (bytes.length < KEY_FRAME_HEADER || bytes[3] !== 0x9d || bytes[4] !== 0x01 || bytes[5] !== 0x2a) return undefined;
  // 14 bits each; the upper two are a hint for scaling.
  return { key: true, width: (bytes[6]! | (bytes[7]! << 8)) & 0x3fff, height: (bytes[8]! | (bytes[9]! << 8)) & 0x3fff };
}
