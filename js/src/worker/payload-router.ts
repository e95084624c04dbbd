import type { PayloadTypes, PayloadTypesNeeded } from '../protocol.js';

/**
 * - `opus`: the codec we replace and play.
 * - `red`: redundant audio data (RFC 2198), which holds packets of that codec: in WebRTC of no other.
 * - `side`: rides along in any stream and says nothing about its codec: DTMF (RFC 4733), comfort noise (RFC 3389).
 * - `other`: another codec.
 * - `unknown`: neither frame nor window has said yet.
 */
export type Route = 'opus' | 'red' | 'side' | 'other' | 'unknown';

const SIDE = new Set(['audio/telephone-event', 'audio/cn']);

/**
 * Tells what a frame holds from its MIME type, or from its payload type where the browser gives no MIME type; asks the window
 * for the negotiated payload types when it meets one it does not know.
 */
export class PayloadRouter {
  #mimeTypes: PayloadTypes['mimeTypes'] = {};
  readonly #asked = new Set<number>();

  constructor(private readonly ask: (question: PayloadTypesNeeded) => void) {}

  learn({ mimeTypes }: PayloadTypes): void {
    this.#mimeTypes = mimeTypes;
    this.#asked.clear();
  }

  route({ mimeType, payloadType }: { mimeType?: string; payloadType?: number }): Route {
    const known = mimeType?.toLowerCase() ?? (payloadType === undefined ? undefined : this.#mimeTypes[payloadType]);
    if (known === 'audio/opus') return 'opus';
    if (known === 'audio/red') return 'red';
    if (known !== undefined) return SIDE.has(known) ? 'side' : 'other';
    if (payloadType !== undefined && !this.#asked.has(payloadType)) {
      this.#asked.add(payloadType);
      this.ask({ type: 'payload-types-needed' });
    }
    return 'unknown';
  }
}
