/**
 * A UDP path between two peers with a bad network in it. Each peer is told one of the two ports as the other's only candidate;
 * who they are the proxy learns from their first connectivity check. Only RTP is lost, delayed and reordered: ICE, DTLS and RTCP pass
 * untouched, so that a test loses sound and not the call. But where there is a bottleneck they wait in it like all others.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import { NetworkModel } from './network-model.mjs';

/** RFC 7983 §7 (128–191 is RTP or RTCP) and RFC 5761 §4 (a second byte of 192–223 is RTCP). */
export function isRtp(datagram) {
  return datagram.length >= 12 && datagram[0] >> 6 === 2 && !(datagram[1] >= 192 && datagram[1] <= 223);
}

/** One direction: its model, and what happened to the RTP packets. */
class Direction {
  received = 0;
  forwarded = 0;
  bytes = 0;
  /** Fate of each RTP packet, in the order of arrival. */
  packets = [];

  constructor(impairment, seed) {
    this.model = new NetworkModel(impairment, seed);
  }

  get dropped() {
    return this.received - this.forwarded;
  }

  /** Packets numbered by the sender that never came here: a busy machine loses some before any network does. */
  get missing() {
    let missing = 0;
    const highest = new Map();
    for (const { ssrc, sequenceNumber } of this.packets) {
      const before = highest.get(ssrc) ?? sequenceNumber - 1;
      // Serial number arithmetic on 16 bits (RFC 1982); one that comes late after all fills its gap.
      const step = ((sequenceNumber - before) << 16) >> 16;
      missing += step > 0 ? step - 1 : step < 0 ? -1 : 0;
      if (step > 0) highest.set(ssrc, sequenceNumber);
    }
    return missing;
  }

  /** All that was lost on the way: dropped here, or gone before. */
  get lost() {
    return this.dropped + this.missing;
  }

  /** Changes the network under way; @param {import('./network-model.mjs').Impairment} impairment */
  impair(impairment) {
    this.model.impairment = impairment;
  }

  pass(datagram, nowMs) {
    const release = this.model.pass(nowMs, datagram.length);
    const dropped = release === undefined;
    this.received += 1;
    this.bytes += datagram.length;
    if (!dropped) this.forwarded += 1;
    this.packets.push({
      ssrc: datagram.readUInt32BE(8),
      payloadType: datagram[1] & 0x7f,
      sequenceNumber: datagram.readUInt16BE(2),
      bytes: datagram.length,
      atMs: nowMs,
      /** Undefined when dropped. */
      releaseMs: release,
      dropped,
    });
    return release;
  }

  passControl(datagram, nowMs) {
    return this.model.passControl(nowMs, datagram.length);
  }
}

export class UdpProxy {
  #sides;
  #timers = new Set();
  #closed = false;

  /**
   * @param {object} options
   * @param {string} options.address     the address the peers can reach; the sockets bind to it
   * @param {number} [options.seed]
   * @param {import('./network-model.mjs').Impairment} [options.forth]  what happens from peer A to peer B
   * @param {import('./network-model.mjs').Impairment} [options.back]   what happens from B to A
   */
  static async create({ address, seed = 1, forth = {}, back = {} }) {
    const sides = [new Direction(forth, seed), new Direction(back, seed + 1)].map((direction) => ({
      socket: createSocket('udp4'),
      direction,
      peer: undefined,
    }));
    for (const side of sides) {
      side.socket.bind(0, address);
      await once(side.socket, 'listening');
      // Large enough for a burst that waits while the machine is busy: a packet the kernel drops is missing from the counters.
      side.socket.setRecvBufferSize(1 << 20);
    }
    return new UdpProxy(address, sides);
  }

  /** Use `create`. */
  constructor(address, sides) {
    this.address = address;
    this.#sides = sides;
    sides.forEach((side, index) => {
      side.socket.on('message', (datagram, from) => this.#receive(side, sides[1 - index], datagram, from));
      // A peer that has closed its port answers with ICMP; that is its business.
      side.socket.on('error', () => {});
    });
  }

  /** The candidate each peer must be given: `a` goes to peer A (and stands for B), `b` to peer B. */
  get candidates() {
    const [a, b] = this.#sides.map(({ socket }) => ({ address: this.address, port: socket.address().port }));
    return { a, b };
  }

  /** What went from A to B. */
  get forth() {
    return this.#sides[0].direction;
  }

  /** What went from B to A. */
  get back() {
    return this.#sides[1].direction;
  }

  close() {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { socket } of this.#sides) socket.close();
  }

  #receive(side, other, datagram, from) {
    side.peer ??= from;
    const now = performance.now();
    const release = isRtp(datagram) ? side.direction.pass(datagram, now) : side.direction.passControl(datagram, now);
    if (release === undefined) return;
    if (release <= now) {
      this.#send(other, datagram);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#send(other, datagram);
    }, release - now);
    this.#timers.add(timer);
  }

  #send({ socket, peer }, datagram) {
    // Before the other peer's first check nobody knows where it lives; ICE repeats itself.
    if (peer && !this.#closed) socket.send(datagram, peer.port, peer.address);
  }
}
