/** What the sender's tap must know of a track that `enhance()` made. */
export interface EnhancedSource {
  /** Carries the enhanced sound, before the track. */
  readonly node: AudioNode;
  /** Calls back whenever `enabled` is set or the track is stopped; returns how to end that. */
  watch(callback: () => void): () => void;
}

const sources = new WeakMap<MediaStreamTrack, EnhancedSource>();

/** The graph behind `track` if `enhance()` made it (clones are tracks of their own). */
export function enhancedSource(track: MediaStreamTrack): EnhancedSource | undefined {
  return sources.get(track);
}

/**
 * Remembers the graph behind a track of ours. The encoder then taps the graph, not the track, which saves the track's
 * buffering but also escapes its mute: so `enabled` and `stop` of this one object report their use at once.
 */
export function registerEnhancedTrack(track: MediaStreamTrack, node: AudioNode): void {
  const callbacks = new Set<() => void>();
  const notify = () => callbacks.forEach((callback) => callback());
  const enabled = Object.getOwnPropertyDescriptor(MediaStreamTrack.prototype, 'enabled')!;
  Object.defineProperty(track, 'enabled', {
    configurable: true,
    enumerable: true,
    get: () => enabled.get!.call(track) as boolean,
    set(value: boolean) {
      enabled.set!.call(track, value);
      notify();
    },
  });
  Object.defineProperty(track, 'stop', {
    configurable: true,
    value() {
      MediaStreamTrack.prototype.stop.call(track);
      notify();
    },
  });
  sources.set(track, {
    node,
    watch(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
  });
}
