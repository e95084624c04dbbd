/** An encoded frame as browsers give it, with what the pipes read of it. */
export interface FakeFrame extends RTCEncodedAudioFrame {
  readonly native: Uint8Array;
}

/** TOC of a SILK wideband frame of 20 ms, mono, one frame (RFC 6716 table 2, configuration 9). */
export const TOC_20_MS = 9 << 3;

export function opusFrame(
  rtpTimestamp: number,
  { toc = TOC_20_MS, bytes = 40, ...metadata }: { toc?: number; bytes?: number } & Partial<RTCEncodedAudioFrameMetadata> = {},
): FakeFrame {
  const native = new Uint8Array(bytes).fill(0xaa);
  if (bytes > 0) native[0] = toc;
  return frame(native, { mimeType: 'audio/opus', payloadType: 111, rtpTimestamp, ...metadata });
}

export function frame(native: Uint8Array<ArrayBuffer>, metadata: RTCEncodedAudioFrameMetadata): FakeFrame {
  return {
    native,
    data: native.slice().buffer,
    timestamp: metadata.rtpTimestamp ?? 0,
    getMetadata: () => metadata,
    toString: () => 'frame',
  } as unknown as FakeFrame;
}

/** Whether the frame still has the payload it was made with. */
export function isNative({ data, native }: FakeFrame): boolean {
  return Buffer.from(data).equals(Buffer.from(native));
}
