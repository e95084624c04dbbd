import type { EarshotEventMap } from '../lifecycle.js';

/** How likely somebody speaks at this moment. */
export class VoiceActivityEvent extends Event {
  constructor(
    /** 0 … 1. */
    readonly probability: number,
    /** The decision that `speechstart` and `speechend` follow: later to end than the probability is to fall. */
    readonly active: boolean,
  ) {
    super('voiceactivity');
  }
}

/** Events of whatever has a capture chain. */
export interface CaptureEventMap extends EarshotEventMap {
  /** Somebody begins to speak. */
  speechstart: Event;
  /** Nobody speaks any more. */
  speechend: Event;
  /** About ten times a second. Costs nothing while nobody listens. */
  voiceactivity: VoiceActivityEvent;
}

/** Calls back when the first listener of `type` comes and when the last has gone, by whatever way (`once`, `signal`). */
export function followListeners(target: EventTarget, type: string, onChange: (any: boolean) => void): void {
  const { addEventListener, removeEventListener } = target;
  const listening = new Set<object>();
  const count = (change: () => void) => {
    const before = listening.size > 0;
    change();
    const after = listening.size > 0;
    if (after !== before) onChange(after);
  };
  target.addEventListener = (name, listener, options) => {
    addEventListener.call(target, name, listener, options);
    if (name !== type || !listener) return;
    const { once, signal } = typeof options === 'object' ? options : {};
    if (signal?.aborted) return;
    const forget = () => count(() => listening.delete(listener));
    count(() => listening.add(listener));
    signal?.addEventListener('abort', forget, { once });
    if (once) addEventListener.call(target, type, forget, { once });
  };
  target.removeEventListener = (name, listener, options) => {
    removeEventListener.call(target, name, listener, options);
    if (name === type && listener) count(() => listening.delete(listener));
  };
}
