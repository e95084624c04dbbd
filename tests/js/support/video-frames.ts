import { frame, type FakeFrame } from './frames.js';

/** A VP8 key frame's header (RFC 6386 §9.1) with nothing to decode behind it. */
export function keyPayload(width: number, height: number, bytes = 100): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(bytes).fill(0x55);
  payload.set([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, width & 0xff, width >> 8, height & 0xff, height >> 8]);
  return payload;
}

export function deltaPayload(bytes = 50): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(bytes).fill(0x55);
  payload.set([0x11, 0x02, 0x00]);
  return payload;
}

let lastTimestamp = 0;

/** A video frame as browsers give it. */
export function videoFrame(payload: Uint8Array<ArrayBuffer>, metadata: Partial<RTCEncodedVideoFrameMetadata> & { mimeType?: string } = {}): FakeFrame {
  const rtpTimestamp = (lastTimestamp = (lastTimestamp + 3000) % 2 ** 32);
  return frame(payload, { mimeType: 'video/VP8', payloadType: 96, rtpTimestamp, ...metadata });
}

export const asVideo = (one: FakeFrame) => one as unknown as RTCEncodedVideoFrame;
