// The race's terms, the same for every contestant (and in native/opus_reference.cc).
export const sampleRate = 48000;
export const frameSize = sampleRate / 50;
export const bitrate = 32000;
export const complexity = 9;

/** Passes of `encode` and `decode` over `frames`, for serve(). */
export function tasks(frames, encode, decode) {
  const packets = frames.map((frame) => Uint8Array.from(encode(frame)));
  return {
    encode: () => ({ bytes: frames.reduce((sum, frame) => sum + encode(frame).length, 0) }),
    decode: () => {
      for (const packet of packets) decode(packet);
    },
  };
}

/** `samples` in frames of 20 ms. */
export function split(samples) {
  return Array.from({ length: samples.length / frameSize }, (_, i) => samples.subarray(i * frameSize, (i + 1) * frameSize));
}
