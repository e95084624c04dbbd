import { PlayoutStat } from '../wasm/abi.js';

/**
 * What the jitter buffer does. Counters run since attachment; samples are per channel at 48 kHz; names and meanings follow
 * RTCInboundRtpStreamStats where it has the figure.
 */
export interface PlayoutStats {
  readonly packetsReceived: number;
  /** Too long, or of another payload type. */
  readonly packetsRejected: number;
  /** Already in the buffer or already played. */
  readonly packetsDuplicate: number;
  /** Too late, or pushed out by a full buffer or a restart. */
  readonly packetsDiscarded: number;
  /** Passed over without having arrived, recovered ones included. */
  readonly packetsLost: number;
  /** Of those, decoded from a redundant copy or from in-band FEC. */
  readonly packetsRecovered: number;
  /** Redundancy that came: copies (RFC 2198), and packets with in-band FEC. */
  readonly fecPacketsReceived: number;
  /** Of that, what was of no use: its packet was there, or its time over. */
  readonly fecPacketsDiscarded: number;
  /** Zero-length payloads. */
  readonly packetsEmpty: number;
  /** Payloads the decoder refused. */
  readonly decodeErrors: number;
  readonly totalSamples: number;
  /** Samples that stand for sound not there. */
  readonly concealedSamples: number;
  /** Of those, silence or comfort noise. */
  readonly silentConcealedSamples: number;
  readonly concealmentEvents: number;
  /** Concealment longer than 150 ms. */
  readonly interruptions: number;
  readonly interruptionSamples: number;
  /** Generated across pauses in transmission. */
  readonly dtxSamples: number;
  /** Removed by acceleration. */
  readonly removedSamples: number;
  /** Inserted by deceleration. */
  readonly insertedSamples: number;
  /** New SSRC, or a jump in timestamp or sequence number. */
  readonly restarts: number;
  readonly emittedSamples: number;
  /** Sum over the emitted samples of their time in the buffer, ms: over emittedSamples it is the mean. */
  readonly delaySum: number;
  readonly targetDelaySum: number;
  /** Sound held in the buffer now, ms. */
  readonly currentDelay: number;
  /** What the buffer aims at, ms. */
  readonly targetDelay: number;
  readonly packetsInBuffer: number;
  /** RMS of the output, dBFS. */
  readonly level: number;
  /** Peak of the output, dBFS. */
  readonly peak: number;
  /** In a mixer: the stream is silent, and its decoder rests. */
  readonly resting: boolean;
  /** From a packet's arrival to its sound at the node's output, in seconds like AudioContext.baseLatency. */
  readonly latency: number;
  /** What the way to the loudspeaker adds to that where `echoSafe` has made it longer, else 0; in seconds. */
  readonly echoSafeLatency: number;
}

/** What the chain knows of it. */
export type ChainPlayoutStats = Omit<PlayoutStats, 'echoSafeLatency'>;

/** Names the chain's values; without values (not loaded, closed) levels are silence and the rest is zero. */
export function playoutStats(values: Float64Array): ChainPlayoutStats {
  const number = (index: number) => values[index] ?? 0;
  return {
    packetsReceived: number(PlayoutStat.PacketsReceived),
    packetsRejected: number(PlayoutStat.PacketsRejected),
    packetsDuplicate: number(PlayoutStat.PacketsDuplicate),
    packetsDiscarded: number(PlayoutStat.PacketsDiscarded),
    packetsLost: number(PlayoutStat.PacketsLost),
    packetsRecovered: number(PlayoutStat.PacketsRecovered),
    fecPacketsReceived: number(PlayoutStat.FecPacketsReceived),
    fecPacketsDiscarded: number(PlayoutStat.FecPacketsDiscarded),
    packetsEmpty: number(PlayoutStat.PacketsEmpty),
    decodeErrors: number(PlayoutStat.DecodeErrors),
    totalSamples: number(PlayoutStat.TotalSamples),
    concealedSamples: number(PlayoutStat.ConcealedSamples),
    silentConcealedSamples: number(PlayoutStat.SilentConcealedSamples),
    concealmentEvents: number(PlayoutStat.ConcealmentEvents),
    interruptions: number(PlayoutStat.Interruptions),
    interruptionSamples: number(PlayoutStat.InterruptionSamples),
    dtxSamples: number(PlayoutStat.DtxSamples),
    removedSamples: number(PlayoutStat.RemovedSamples),
    insertedSamples: number(PlayoutStat.InsertedSamples),
    restarts: number(PlayoutStat.Restarts),
    emittedSamples: number(PlayoutStat.EmittedSamples),
    delaySum: number(PlayoutStat.DelaySumMs),
    targetDelaySum: number(PlayoutStat.TargetDelaySumMs),
    currentDelay: number(PlayoutStat.CurrentDelayMs),
    targetDelay: number(PlayoutStat.TargetDelayMs),
    packetsInBuffer: number(PlayoutStat.PacketsInBuffer),
    level: values[PlayoutStat.LevelDbfs] ?? -120,
    peak: values[PlayoutStat.PeakDbfs] ?? -120,
    resting: number(PlayoutStat.Resting) !== 0,
    latency: number(PlayoutStat.LatencyMs) / 1000,
  };
}
