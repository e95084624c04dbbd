/** Payloads of redundant audio data (RFC 2198 §3): a packet's own payload, the primary, behind copies of earlier ones. */

/** A block header but the last: what follows it, its codec, its age and its length. */
const COPY_HEADER_BYTES = 4;

/** The bit of a header that says that another one follows. */
const FOLLOWED = 0x80;

/** Largest values of the 14 and 10 bits there are for them. */
const MAX_TIMESTAMP_OFFSET = 0x3fff;
const MAX_COPY_BYTES = 0x3ff;

export interface RedPrimary {
  /** Of the codec. */
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

export interface RedCopy {
  /** How much older than the primary, at the RTP clock. */
  readonly timestampOffset: number;
  readonly payload: Uint8Array;
}

/** The primary within a payload, or undefined if the payload ends before it. */
export function redPrimary(bytes: Uint8Array): RedPrimary | undefined {
  let header = 0;
  let copied = 0;
  for (; (bytes[header] ?? 0) & FOLLOWED; header += COPY_HEADER_BYTES) {
    copied += ((bytes[header + 2]! & 0x03) << 8) | bytes[header + 3]!;
  }
  const start = header + 1 + copied;
  const payloadType = bytes[header];
  if (payloadType === undefined || start > bytes.length) return undefined;
  return { payloadType, payload: bytes.subarray(start) };
}

/** Puts a payload together; `copies`, the oldest first, are of the same codec. Those that do not fit the format are left out. */
export function redPayload({ payloadType, payload }: RedPrimary, copies: readonly RedCopy[] = []): Uint8Array<ArrayBuffer> {
  const fitting = copies.filter((copy) => {
    return copy.timestampOffset > 0 && copy.timestampOffset <= MAX_TIMESTAMP_OFFSET && copy.payload.length <= MAX_COPY_BYTES;
  });
  const headers = fitting.flatMap(({ timestampOffset, payload: { length } }) => {
    return [FOLLOWED | payloadType, timestampOffset >> 6, ((timestampOffset & 0x3f) << 2) | (length >> 8), length & 0xff];
  });
  const parts = [Uint8Array.of(...headers, payloadType), ...fitting.map((copy) => copy.payload), payload];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}
