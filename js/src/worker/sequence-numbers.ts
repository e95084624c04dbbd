/**
 * Sequence numbers for browsers whose receiver frames carry none (Chrome before 117, for example), from the timestamps: a step of
 * one per packet duration. Loss shows as it should; a sender's pause (DTX) shows as loss too, which a jitter buffer conceals
 * with the silence it is.
 */
export class SequenceNumbers {
  #last: { sequenceNumber: number; timestamp: number; samples: number } | undefined;

  /** `usualSamples`: of a packet, until one tells its own. */
  constructor(private readonly usualSamples: number) {}

  /** The packet's own sequence number if it has one, else a made-up one (16 bits). `duration`: in samples, 0 if it is not known. */
  of(sequenceNumber: number | undefined, timestamp: number, duration: number): number {
    if (sequenceNumber !== undefined) return sequenceNumber;
    const samples = duration || this.#last?.samples || this.usualSamples;
    const last = this.#last;
    if (!last) {
      this.#last = { sequenceNumber: 0, timestamp, samples };
      return 0;
    }
    const elapsed = (timestamp - last.timestamp) | 0;
    const made = (last.sequenceNumber + Math.round(elapsed / last.samples)) & 0xffff;
    this.#last = { sequenceNumber: made, timestamp, samples };
    return made;
  }
}
