import { redPayload, type RedCopy, type RedPrimary } from './red-payload.js';

/** Copies kept for the packets that follow: as many as can be asked for. */
const MAX_COPIES = 2;

/** Longest payload with copies, bytes: it has to fit into one packet of any network (libwebrtc keeps to the same). */
const MAX_BYTES = 1200;

/** Our latest payloads, which go along as copies with the next ones where the session sends redundant audio data (RFC 2198). */
export class Redundancy {
  readonly #sent: { readonly timestamp: number; readonly payload: Uint8Array }[] = [];

  /** The payload of the packet at `timestamp` with copies of the `numCopies` before it, as far as they fit. */
  wrap(primary: RedPrimary, timestamp: number, numCopies: number): Uint8Array<ArrayBuffer> {
    const { payload } = primary;
    let room = MAX_BYTES - payload.length;
    const copies: RedCopy[] = [];
    // The newest are worth most.
    for (const sent of this.#sent.slice(0, numCopies)) {
      room -= sent.payload.length;
      if (room < 0) break;
      copies.unshift({ timestampOffset: (timestamp - sent.timestamp) >>> 0, payload: sent.payload });
    }
    this.#sent.unshift({ timestamp, payload });
    this.#sent.length = Math.min(this.#sent.length, MAX_COPIES);
    return redPayload(primary, copies);
  }
}
