/** Frames of the scalability modes of WebRTC-SVC, and what they refer to. */
export interface LayeredFrame {
  readonly temporalLayer: number;
  readonly discardable: boolean;
}

export const PATTERNS = {
  L1T1: [{ temporalLayer: 0, discardable: false }],
  L1T2: [
    { temporalLayer: 0, discardable: false },
    { temporalLayer: 1, discardable: true },
  ],
  L1T3: [
    { temporalLayer: 0, discardable: false },
    { temporalLayer: 2, discardable: true },
    { temporalLayer: 1, discardable: false },
    { temporalLayer: 2, discardable: true },
  ],
} as const satisfies Record<string, readonly LayeredFrame[]>;

/**
 * Indices of the frames each frame refers to (vp8_temporal_layers.h): all the newest of layer 0, and those of layer 2 the newest of layer 1
 * as well if it came since. A key frame refers to none.
 */
export function referencesOf(frames: readonly (LayeredFrame & { readonly key: boolean })[]): Set<number>[] {
  let last = -1;
  let golden = -1;
  return frames.map(({ temporalLayer, key }, i) => {
    const references = new Set(key ? [] : temporalLayer === 2 && golden > last ? [last, golden] : [last]);
    if (key || temporalLayer === 0) last = i;
    else if (temporalLayer === 1) golden = i;
    return references;
  });
}
