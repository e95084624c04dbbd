import type { ReceivedPacket } from '../protocol.js';

/** More packets than any real jitter brings between two render quanta (1.3 s of 20 ms frames). */
const CAPACITY = 64;

/** What is kept of a backlog: enough for the jitter buffer to start from. Seconds. */
const RECENT = 0.06;

/** Without a render quantum for so long, the context was stopped rather than late. ms */
const STALL = 500;

/**
 * Packets between their arrival and the next render quantum. Browsers queue messages while a context starts or sleeps; played
 * in full, that backlog would be delay for the rest of the call, so after a pause only the newest packets are let through.
 */
export class PacketInbox {
  readonly #packets: ReceivedPacket[] = [];
  readonly #recent: number;
  #lastDrain: number | undefined;

  /** `clockRate`: of the RTP timestamps, Hz. */
  constructor(
    clockRate: number,
    private readonly now: () => number = Date.now,
  ) {
    this.#recent = RECENT * clockRate;
  }

  push(packet: ReceivedPacket): void {
    if (this.#packets.length === CAPACITY) this.#packets.shift();
    this.#packets.push(packet);
  }

  /** Hands over what arrived since the last render quantum, in order of arrival. */
  drain(insert: (packet: ReceivedPacket) => void): void {
    const now = this.now();
    const paused = this.#lastDrain === undefined || now - this.#lastDrain > STALL;
    this.#lastDrain = now;
    if (this.#packets.length === 0) return;
    const newest = this.#packets.reduce((a, b) => (isAfter(b.rtpTimestamp, a.rtpTimestamp) ? b : a)).rtpTimestamp;
    for (const packet of this.#packets) {
      const age = (newest - packet.rtpTimestamp) >>> 0;
      if (!paused || age < this.#recent) insert(packet);
    }
    this.#packets.length = 0;
  }
}

/** Serial number arithmetic on 32 bits (RFC 1982). */
function isAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}
