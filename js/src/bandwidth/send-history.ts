/** How far back is remembered, ms. */
const SPAN = 15_000;

/** Bytes sent as a function of time, linear between looks. */
export class SendHistory {
  #points: { time: number; bytes: number }[] = [];

  /** @param bytes on the wire since the record before */
  record(time: number, bytes: number): void {
    const total = (this.#points.at(-1)?.bytes ?? 0) + bytes;
    this.#points.push({ time, bytes: total });
    while (this.#points.length > 2 && this.#points[1]!.time < time - SPAN) this.#points.shift();
  }

  /** Mean rate between two times, bit/s; of the part that is remembered. */
  rate(from: number, to: number): number {
    const first = this.#points[0];
    const last = this.#points.at(-1);
    if (!first || !last) return 0;
    const start = Math.max(from, first.time);
    const end = Math.min(to, last.time);
    return end > start ? (8000 * (this.#at(end) - this.#at(start))) / (end - start) : 0;
  }

  /** Highest mean of any `span` between two times. */
  highestRate(from: number, to: number, span: number): number {
    let highest = this.rate(to - span, to);
    for (let start = from; start + span < to; start += span / 2) highest = Math.max(highest, this.rate(start, start + span));
    return highest;
  }

  #at(time: number): number {
    const points = this.#points;
    let next = points.length - 1;
    while (next > 0 && points[next - 1]!.time >= time) next -= 1;
    const b = points[next]!;
    const a = points[next - 1];
    if (!a || b.time === a.time) return b.bytes;
    return a.bytes + ((b.bytes - a.bytes) * (time - a.time)) / (b.time - a.time);
  }
}
