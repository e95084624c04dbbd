/** What can be read of an Opus packet without decoding it (RFC 6716 §3.1, §3.2). */

/** Longest duration a packet may have (RFC 6716 §3.2.5, requirement R5): 120 ms, in samples at 48 kHz. */
const MAX_SAMPLES = 5760;

/** Frame sizes by configuration number (RFC 6716 table 2), in samples at 48 kHz. */
const SILK_FRAMES = [480, 960, 1920, 2880] as const;
const HYBRID_FRAMES = [480, 960] as const;
const CELT_FRAMES = [120, 240, 480, 960] as const;

/** Configuration of the shortest CELT fullband frame; the three longer ones follow it. */
const CELT_FULLBAND = 28;

/** An empty CELT frame: the range coder reads the silence flag and nothing else. */
const SILENT_FRAME = [0xff, 0xfe] as const;

/** Duration of a packet in samples at 48 kHz, or 0 if it is not an Opus packet. */
export function opusSamples(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const config = toc >> 3;
  const frame =
    config < 12 ? SILK_FRAMES[config & 3]! : config < 16 ? HYBRID_FRAMES[config & 1]! : CELT_FRAMES[config & 3]!;
  const samples = frame * frameCount(toc & 3, packet[1]);
  return samples <= MAX_SAMPLES ? samples : 0;
}

/** A packet that every Opus decoder turns into silence of the given duration, or undefined if there is no such duration. */
export function opusSilence(samples: number): Uint8Array<ArrayBuffer> | undefined {
  const size = CELT_FRAMES.indexOf(samples as (typeof CELT_FRAMES)[number]);
  if (size >= 0) return Uint8Array.of((CELT_FULLBAND + size) << 3, ...SILENT_FRAME);
  const count = samples / 960;
  if (!Number.isInteger(count) || count < 1 || samples > MAX_SAMPLES) return undefined;
  // Code 3, constant bit rate: the count, then equal frames (RFC 6716 §3.2.5).
  const frames = Array.from({ length: count }, () => SILENT_FRAME).flat();
  return Uint8Array.of(((CELT_FULLBAND + 3) << 3) | 3, count, ...frames);
}

/** Frames in a packet of the given code; code 3 keeps the count in the second byte. */
function frameCount(code: number, second: number | undefined): number {
  if (code === 0) return 1;
  return code === 3 ? (second ?? 0) & 0x3f : 2;
}
