import type { ReceiverSettings } from '../protocol.js';

/** Loses and delays packets on request, for demonstrations and tests. Keeps their order, as one network path does. */
export class Impairment<Packet> {
  #waiting = 0;
  #due = 0;

  constructor(
    private readonly deliver: (packet: Packet) => void,
    private readonly random: () => number = Math.random,
  ) {}

  pass(packet: Packet, { loss, jitter }: ReceiverSettings['simulate']): void {
    if (loss > 0 && this.random() < loss) return;
    if (jitter === 0 && this.#waiting === 0) return this.deliver(packet);
    const now = performance.now();
    this.#due = Math.max(this.#due, now + this.random() * jitter);
    this.#waiting++;
    setTimeout(() => {
      this.#waiting--;
      this.deliver(packet);
    }, this.#due - now);
  }
}
