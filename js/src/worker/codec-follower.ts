import type { PlayedCodec } from '../protocol.js';

/** Changes of codec closer to each other are no renegotiation: no decoder is made for each of them. ms */
const SETTLE = 500;

/** A packet so far behind the newest is late; further behind, the sender counts anew. Two seconds of packets. */
const LATE = 100;

/** What is needed of a packet's header. */
export interface PacketPlace {
  readonly sequenceNumber?: number;
  readonly synchronizationSource?: number;
}

/** Which codec a stream is played with: that of its newest packet, unless that keeps changing. */
export class CodecFollower {
  #latest: PlayedCodec | undefined;
  #changedAt = -Infinity;
  #settledAt = -Infinity;
  #newest: PacketPlace = {};

  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * The codec to play after a packet of `codec`, null while that keeps changing, or undefined if the packet was overtaken by a
   * change of codec and is of no use.
   */
  follow(codec: PlayedCodec, place: PacketPlace): PlayedCodec | null | undefined {
    const late = this.#isLate(place);
    if (!late) this.#newest = place;
    if (codec !== this.#latest) {
      if (late) return undefined;
      if (this.#latest) this.#change();
      this.#latest = codec;
    }
    return this.now() < this.#settledAt ? null : codec;
  }

  #change(): void {
    const now = this.now();
    if (now - this.#changedAt < SETTLE) this.#settledAt = now + SETTLE;
    this.#changedAt = now;
  }

  #isLate({ sequenceNumber, synchronizationSource }: PacketPlace): boolean {
    const newest = this.#newest;
    if (sequenceNumber === undefined || newest.sequenceNumber === undefined) return false;
    if (synchronizationSource !== newest.synchronizationSource) return false;
    // Serial number arithmetic on 16 bits (RFC 1982).
    const behind = (newest.sequenceNumber - sequenceNumber) & 0xffff;
    return behind > 0 && behind < LATE;
  }
}
