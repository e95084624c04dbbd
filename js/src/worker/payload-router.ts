import type { PayloadTypes, PayloadTypesNeeded, PlayedCodec } from '../protocol.js';

/**
 * - a codec that we play; of these we replace only Opus.
 * - `red`: redundant audio data (RFC 2198), which holds packets of a codec that `routeOfBlock` tells.
 * - `side`: rides along in any stream and says nothing about its codec: DTMF (RFC 4733), comfort noise (RFC 3389).
 * - `other`: another codec.
 * - `unknown`: neither frame nor window has said yet.
 */
export type Route = PlayedCodec | 'red' | 'side' | 'other' | 'unknown';

const ROUTES: Readonly<Record<string, Route>> = {
  'audio/opus': 'opus',
  'audio/pcmu': 'pcmu',
  'audio/pcma': 'pcma',
  'audio/red': 'red',
  'audio/telephone-event': 'side',
  'audio/cn': 'side',
};

/** Payload types that need no negotiation (RFC 3551 table 4). */
const STATIC_TYPES: Readonly<Record<number, string>> = { 0: 'audio/pcmu', 8: 'audio/pcma', 13: 'audio/cn' };

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
    if (mimeType !== undefined) return ROUTES[mimeType.toLowerCase()] ?? 'other';
    return payloadType === undefined ? 'unknown' : this.#routeOf(payloadType);
  }

  /** What a block of redundant audio data holds. Until the window has said, it is what browsers wrap: Opus. */
  routeOfBlock(payloadType: number): Route {
    const route = this.#routeOf(payloadType);
    return route === 'unknown' ? 'opus' : route;
  }

  #routeOf(payloadType: number): Route {
    const known = this.#mimeTypes[payloadType] ?? STATIC_TYPES[payloadType];
    if (known !== undefined) return ROUTES[known] ?? 'other';
    if (!this.#asked.has(payloadType)) {
      this.#asked.add(payloadType);
      this.ask({ type: 'payload-types-needed' });
    }
    return 'unknown';
  }
}
