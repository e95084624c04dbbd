import { describe, expect, it, vi } from 'vitest';
import { RateController, type DecisionEvent, type RateControllerOptions } from '../../js/src/bandwidth/rate-controller.js';
import type { StatsReport } from '../../js/src/bandwidth/network-sample.js';

const camera = { width: 1280, height: 800, frameRate: 30 };
const base = { camera, content: 'motion', degradationPreference: 'balanced', minBitrate: 50_000, startBitrate: 800_000, maxBitrate: 3_000_000 } as const;

/** A sender on a network without limits that sends what it is told, with receiver reports once a second. */
class Call {
  time = 0;
  loss = 0;
  encodeMs = 10;
  retransmitted = 0;
  #bytes = 0;
  readonly controller: RateController;
  readonly decisions: DecisionEvent[] = [];

  constructor(options: Partial<RateControllerOptions> = {}) {
    this.controller = new RateController({
      ...base,
      getStats: async () => this.stats(),
      encoderLoad: () => ({ bytes: this.#bytes, frames: Math.floor((30 * this.time) / 1000), framesDropped: 0, encodeTime: (30 * this.time * this.encodeMs) / 1000 }),
      now: () => this.time,
      ...options,
    });
    this.controller.addEventListener('decision', (event) => this.decisions.push(event as DecisionEvent));
  }

  stats(): StatsReport {
    const packetsSent = Math.floor(this.#bytes / 1000);
    return new Map<string, unknown>([
      ['O', { id: 'O', type: 'outbound-rtp', kind: 'video', packetsSent, bytesSent: this.#bytes + this.retransmitted, headerBytesSent: 24 * packetsSent, retransmittedBytesSent: this.retransmitted }],
      ['R', { id: 'R', type: 'remote-inbound-rtp', kind: 'video', timestamp: Math.floor(this.time / 1000), fractionLost: this.loss, roundTripTime: 0.05 + 0.0001 * (Math.floor(this.time / 1000) % 7), roundTripTimeMeasurements: Math.floor(this.time / 1000) }],
    ]);
  }

  async run(seconds: number): Promise<void> {
    for (let i = 0; i < 4 * seconds; i++) {
      this.time += 250;
      this.#bytes += this.controller.decision.bitrate / 32;
      await this.controller.look();
    }
  }
}

describe('rate controller', () => {
  it('comes to all the camera can use, and tells of each decision', async () => {
    const call = new Call();
    expect(call.controller.decision).toMatchObject({ width: 1280, height: 800, frameRate: 30 });
    await call.run(60);
    expect(call.controller.decision.bitrate).toBeGreaterThan(2_500_000);
    expect(call.decisions.length).toBeGreaterThan(3);
    expect(call.decisions.at(-1)!.decision).toEqual(call.controller.decision);
    expect(call.controller.stats).toMatchObject({ fractionLost: 0, cpuLevel: 0 });
    expect(call.controller.stats.cpuUsage).toBeCloseTo(0.3);
  });

  it('leaves room for headers and retransmissions', async () => {
    const call = new Call({ maxBitrate: 800_000 });
    await call.run(20);
    expect(call.controller.decision.bitrate).toBeLessThan(0.96 * 800_000);
    expect(call.controller.decision.bitrate).toBeGreaterThan(0.9 * 800_000);
    for (let i = 0; i < 10; i++) {
      call.retransmitted += 10_000;
      await call.run(0.25);
    }
    expect(call.controller.decision.bitrate).toBeLessThan(0.75 * 800_000);
  });

  it('spares the processor', async () => {
    const call = new Call();
    call.encodeMs = 31;
    await call.run(8);
    expect(call.controller.stats.cpuLevel).toBe(1);
    expect(call.controller.decision).toMatchObject({ width: 1280, speed: 6 });
  });

  it('changes with the camera and the limits at once', async () => {
    const call = new Call();
    await call.run(5);
    call.controller.update({ ...base, camera: { width: 640, height: 360, frameRate: 15 } });
    expect(call.controller.decision).toMatchObject({ width: 640, height: 360, frameRate: 15 });
    call.controller.update({ ...base, content: 'screen', maxBitrate: 200_000 });
    expect(call.controller.decision).toMatchObject({ width: 1280, height: 800 });
    expect(call.controller.decision.frameRate).toBeLessThan(15);
    expect(call.controller.decision.bitrate).toBeLessThanOrEqual(200_000);
  });

  it('begins anew after a restart, not above the start', async () => {
    const call = new Call();
    await call.run(30);
    expect(call.controller.stats.bitrate).toBeGreaterThan(1_500_000);
    call.controller.restart();
    expect(call.controller.stats).toMatchObject({ bitrate: 800_000, state: 'hold', reason: undefined, capacity: undefined });
  });

  it('survives getStats() that fails or is slow, and asks once at a time', async () => {
    const failing = new Call({ getStats: () => Promise.reject(new Error('closed')) });
    await failing.run(2);
    expect(failing.decisions).toEqual([]);
    let answer: (stats: StatsReport) => void = () => {};
    const getStats = vi.fn(() => new Promise<StatsReport>((resolve) => (answer = resolve)));
    const slow = new Call({ getStats });
    const first = slow.controller.look();
    await slow.controller.look();
    expect(getStats).toHaveBeenCalledTimes(1);
    answer(slow.stats());
    await first;
    void slow.controller.look();
    expect(getStats).toHaveBeenCalledTimes(2);
  });

  it('remembers ten minutes', async () => {
    const call = new Call();
    await call.run(700);
    const { history } = call.controller;
    expect(history.length).toBe(2400);
    expect(history.at(-1)!.time - history[0]!.time).toBe(2399 * 250);
    expect(history.at(-1)!.sent).toBeGreaterThan(2_000_000);
  });
});
