/** The microphones that pass our capture chains, for those who have to know what their echo cancellers know. */
class Microphones {
  readonly #held = new Set<{ readonly track: MediaStreamTrack }>();
  readonly #followers = new Set<() => void>();

  /** Counts `track` as in use until the function it returns is called. */
  hold(track: MediaStreamTrack): () => void {
    const held = { track };
    this.#held.add(held);
    this.#notify();
    return () => {
      if (this.#held.delete(held)) this.#notify();
    };
  }

  /** Whether the echo canceller of one of them takes for echo only what comes from an RTCPeerConnection. */
  get cancelRemoteOnly(): boolean {
    return [...this.#held].some(({ track }) => {
      // A boolean to the types still, which are older than the modes.
      const mode: unknown = track.getSettings().echoCancellation;
      return mode === 'remote-only';
    });
  }

  /** Calls back with every change; returns how to end that. */
  follow(callback: () => void): () => void {
    this.#followers.add(callback);
    return () => void this.#followers.delete(callback);
  }

  #notify(): void {
    for (const callback of this.#followers) callback();
  }
}

/** The microphones of this page. */
export const microphones = new Microphones();
