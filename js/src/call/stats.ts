import { PlayoutStat } from '../wasm/abi.js';

/**
 * What the jitter buffer does. Counters run since attachment, over every change of codec, and none ever falls but `packetsLost` and
 * `resampledSamples`; samples are per channel and, whatever the codec, counted at 48 kHz. Names, meanings and units are those of
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
  /** Not there in their turn, nor since: what comes too late is a discarded packet then. Recovered ones included. */
  readonly packetsLost: number;
  /** Decoded from a redundant copy or from in-band FEC in their place. */
  readonly packetsRecovered: number;
  /** Redundancy that came: copies (RFC 2198), and packets with in-band FEC. */
  readonly fecPacketsReceived: number;
  /** Of that, what was of no use: its packet was there, or its time over. */
  readonly fecPacketsDiscarded: number;
  /** Zero-length payloads. */
  readonly packetsEmpty: number;
  /** Payloads the decoder refused. */
  readonly decodeErrors: number;
  /** All samples given out. */
  readonly totalSamplesReceived: number;
  /** Samples that stand for sound not there. */
  readonly concealedSamples: number;
  /** Of those, silence or comfort noise. */
  readonly silentConcealedSamples: number;
  /** Runs of concealed samples. */
  readonly concealmentEvents: number;
  /** Concealment longer than 150 ms. */
  readonly interruptions: number;
  readonly interruptionSamples: number;
  /** Generated across pauses in transmission. */
  readonly dtxSamples: number;
  readonly removedSamplesForAcceleration: number;
  readonly insertedSamplesForDeceleration: number;
  /** Removed, or if negative inserted, in keeping up with the sender's clock: what drift amounts to. */
  readonly resampledSamples: number;
  /** New SSRC, or a jump in timestamp or sequence number. */
  readonly restarts: number;
  /** Samples taken from the buffer. */
  readonly jitterBufferEmittedCount: number;
  /** Sum over the emitted samples of their time in the buffer, seconds: over `jitterBufferEmittedCount` it is the mean. */
  readonly jitterBufferDelay: number;
  /** Likewise of the delay that the buffer aimed at, seconds. */
  readonly jitterBufferTargetDelay: number;
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
    totalSamplesReceived: number(PlayoutStat.TotalSamples),
    concealedSamples: number(PlayoutStat.ConcealedSamples),
    silentConcealedSamples: number(PlayoutStat.SilentConcealedSamples),
    concealmentEvents: number(PlayoutStat.ConcealmentEvents),
    interruptions: number(PlayoutStat.Interruptions),
    interruptionSamples: number(PlayoutStat.InterruptionSamples),
    dtxSamples: number(PlayoutStat.DtxSamples),
    removedSamplesForAcceleration: number(PlayoutStat.RemovedSamples),
    insertedSamplesForDeceleration: number(PlayoutStat.InsertedSamples),
    resampledSamples: number(PlayoutStat.ResampledSamples),
    restarts: number(PlayoutStat.Restarts),
    jitterBufferEmittedCount: number(PlayoutStat.EmittedSamples),
    jitterBufferDelay: number(PlayoutStat.DelaySumMs) / 1000,
    jitterBufferTargetDelay: number(PlayoutStat.TargetDelaySumMs) / 1000,
    currentDelay: number(PlayoutStat.CurrentDelayMs),
    targetDelay: number(PlayoutStat.TargetDelayMs),
    packetsInBuffer: number(PlayoutStat.PacketsInBuffer),
    level: values[PlayoutStat.LevelDbfs] ?? -120,
    peak: values[PlayoutStat.PeakDbfs] ?? -120,
    resting: number(PlayoutStat.Resting) !== 0,
    latency: number(PlayoutStat.LatencyMs) / 1000,
  };
}
