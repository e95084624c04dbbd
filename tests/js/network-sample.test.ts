import { describe, expect, it } from 'vitest';
import { NetworkSampler } from '../../js/src/bandwidth/network-sample.js';

type Fields = Record<string, unknown>;

const outbound = (fields: Fields = {}): Fields => ({ id: 'O', type: 'outbound-rtp', kind: 'video', packetsSent: 0, bytesSent: 0, headerBytesSent: 0, retransmittedBytesSent: 0, ...fields });
const remote = (fields: Fields = {}): Fields => ({ id: 'R', type: 'remote-inbound-rtp', kind: 'video', timestamp: 1000, fractionLost: 0, roundTripTime: 0.05, roundTripTimeMeasurements: 1, jitter: 0.004, ...fields });
const pair = (fields: Fields = {}): Fields => ({ id: 'P', type: 'candidate-pair', nominated: true, responsesReceived: 1, currentRoundTripTime: 0.04, ...fields });
const stats = (...entries: unknown[]) => new Map(entries.map((entry, i) => [String(i), entry]));

describe('network sample', () => {
  it('is the growth of the counters between two looks', () => {
    const sampler = new NetworkSampler();
    const first = sampler.sample(stats(outbound({ packetsSent: 100, bytesSent: 50_000, headerBytesSent: 2000, totalPacketSendDelay: 1 })), 1000, 40_000);
    expect(first).toMatchObject({ interval: 0, wireBytes: 0, packets: 0, encodedBytes: 0, sendDelay: undefined });
    const second = sampler.sample(
      stats(outbound({ packetsSent: 110, bytesSent: 60_000, headerBytesSent: 2240, retransmittedBytesSent: 1000, totalPacketSendDelay: 1.2 }), pair({ availableOutgoingBitrate: 700_000 })),
      1250,
      49_500,
    );
    // 38 bytes a packet for IP, UDP and SRTP.
    expect(second).toMatchObject({ interval: 250, wireBytes: 10_000 + 240 + 380, mediaBytes: 9000, packets: 10, encodedBytes: 9500, availableBitrate: 700_000 });
    expect(second.sendDelay).toBeCloseTo(20);
  });

  it('takes a receiver report and its round trip once, however often it is looked at', () => {
    const sampler = new NetworkSampler();
    sampler.sample(stats(outbound(), remote()), 0);
    const report = remote({ timestamp: 2100, fractionLost: 0.25, roundTripTime: 0.08, roundTripTimeMeasurements: 2 });
    expect(sampler.sample(stats(outbound(), report), 250)).toMatchObject({
      report: { fractionLost: 0.25, interval: 1100, jitter: 4 },
      roundTrips: [{ source: 'rtcp', duration: 80 }],
      reportAge: 0,
    });
    expect(sampler.sample(stats(outbound(), report), 500)).toMatchObject({ report: undefined, roundTrips: [], reportAge: 250 });
  });

  it('takes a round trip of ICE when a response has come, of the pair in use alone', () => {
    const sampler = new NetworkSampler();
    sampler.sample(stats(pair()), 0);
    expect(sampler.sample(stats(pair()), 250).roundTrips).toEqual([]);
    expect(sampler.sample(stats(pair({ responsesReceived: 2, currentRoundTripTime: 0.06 })), 500).roundTrips).toEqual([{ source: 'ice', duration: 60 }]);
    expect(sampler.sample(stats(pair({ responsesReceived: 3, nominated: false })), 750).roundTrips).toEqual([]);
  });

  it('adds the streams of a sender, leaves sound out, and takes a stream that is new or begins again as not grown', () => {
    const sampler = new NetworkSampler();
    const sound = { ...outbound({ packetsSent: 900, bytesSent: 90_000 }), id: 'S', kind: 'audio' };
    sampler.sample(stats(outbound({ packetsSent: 10, bytesSent: 1000 }), sound), 0);
    const both = sampler.sample(stats(outbound({ packetsSent: 20, bytesSent: 3000 }), { ...outbound({ packetsSent: 500, bytesSent: 99_000 }), id: 'O2' }, { ...sound, packetsSent: 950 }), 250);
    expect(both).toMatchObject({ packets: 10, mediaBytes: 2000 });
    expect(sampler.sample(stats(outbound({ packetsSent: 3, bytesSent: 300 }), { ...outbound({ packetsSent: 504, bytesSent: 99_400 }), id: 'O2' }), 500)).toMatchObject({ packets: 4, mediaBytes: 400 });
  });

  it('counts headers where the browser does not', () => {
    const sampler = new NetworkSampler();
    const plain = (packetsSent: number, bytesSent: number) => stats({ id: 'O', type: 'outbound-rtp', kind: 'video', packetsSent, bytesSent });
    sampler.sample(plain(0, 0), 0);
    expect(sampler.sample(plain(10, 10_000), 250).wireBytes).toBe(10_000 + 10 * (20 + 38));
  });

  it('survives whatever a report holds', () => {
    const sampler = new NetworkSampler();
    const odd = [undefined, null, NaN, Infinity, -1, 1e308, 'x', {}, [], true];
    for (const [i, value] of odd.entries()) {
      const fields = (names: string[]) => Object.fromEntries(names.map((name) => [name, value]));
      const sample = sampler.sample(
        stats(
          value,
          { type: value, kind: value, id: value },
          { ...outbound(), ...fields(['packetsSent', 'bytesSent', 'headerBytesSent', 'retransmittedBytesSent', 'totalPacketSendDelay']) },
          { ...remote(), ...fields(['timestamp', 'fractionLost', 'roundTripTime', 'roundTripTimeMeasurements', 'jitter']) },
          { ...pair(), ...fields(['responsesReceived', 'currentRoundTripTime', 'availableOutgoingBitrate']) },
        ),
        250 * i,
        i * 1000,
      );
      for (const number of [sample.wireBytes, sample.mediaBytes, sample.packets, sample.reportAge, sample.encodedBytes!, sample.report?.fractionLost ?? 0]) {
        expect(number).toBeGreaterThanOrEqual(0);
      }
      expect(sample.report?.fractionLost ?? 0).toBeLessThanOrEqual(1);
      for (const { duration } of sample.roundTrips) expect(duration).toBeLessThanOrEqual(60_000);
    }
  });
});
