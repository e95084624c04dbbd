import { describe, expect, it } from 'vitest';
import { qualityLadder, type CameraFormat, type DegradationPreference, type VideoContent } from '../../js/src/bandwidth/quality-ladder.js';
import { VideoAdaptation, type VideoDecision } from '../../js/src/bandwidth/video-adaptation.js';
import { seededRandom } from './support/random.js';

const HD: CameraFormat = { width: 1280, height: 800, frameRate: 30 };
const cameras: CameraFormat[] = [HD, { width: 1920, height: 1080, frameRate: 60 }, { width: 640, height: 480, frameRate: 15 }, { width: 1279, height: 719, frameRate: 29.97 }, { width: 720, height: 1280, frameRate: 30 }, { width: 64, height: 48, frameRate: 4 }];
const preferences: DegradationPreference[] = ['balanced', 'maintain-framerate', 'maintain-resolution'];
const contents: VideoContent[] = ['motion', 'screen'];

const adaptation = (options: Partial<{ camera: CameraFormat; content: VideoContent; degradationPreference: DegradationPreference }> = {}) =>
  new VideoAdaptation({ camera: HD, content: 'motion', degradationPreference: 'balanced', ...options });

/** Decides four times a second; the last decision. */
function hold(subject: VideoAdaptation, bitrate: number, from: number, seconds: number, cpuLevel = 0): VideoDecision {
  let decision!: VideoDecision;
  for (let time = from; time <= from + 1000 * seconds; time += 250) decision = subject.decide(bitrate, bitrate, cpuLevel, time);
  return decision;
}

describe('quality ladder', () => {
  it.each(cameras.flatMap((camera) => contents.flatMap((content) => preferences.map((preference) => [camera, content, preference] as const))))(
    'of %j, %s, %s begins with the camera itself and asks for less at each rung',
    (camera, content, preference) => {
      const ladder = qualityLadder(camera, content, preference);
      expect(ladder[0]).toMatchObject(camera);
      for (const [i, rung] of ladder.entries()) {
        expect(rung.mostBitrate).toBeGreaterThan(2 * rung.leastBitrate);
        if (i === 0) continue;
        const before = ladder[i - 1]!;
        expect(rung.leastBitrate).toBeLessThan(before.leastBitrate);
        expect(rung.width).toBeLessThanOrEqual(before.width);
        expect(rung.frameRate).toBeLessThanOrEqual(before.frameRate);
        expect(rung.frameRate).toBeGreaterThanOrEqual(Math.min(5, camera.frameRate));
        if (rung.width !== camera.width) {
          expect([rung.width % 2, rung.height % 2]).toEqual([0, 0]);
          expect(Math.min(rung.width, rung.height)).toBeGreaterThanOrEqual(90);
          // The ratio is that of the camera to the two pixels that rounding may take from either side.
          expect(Math.abs(rung.width * camera.height - rung.height * camera.width)).toBeLessThanOrEqual(camera.width + camera.height);
        }
      }
    },
  );

  it('keeps what it is told to keep', () => {
    expect(new Set(qualityLadder(HD, 'motion', 'maintain-framerate').map(({ frameRate }) => frameRate))).toEqual(new Set([30]));
    expect(new Set(qualityLadder(HD, 'motion', 'maintain-resolution').map(({ width }) => width))).toEqual(new Set([1280]));
    const screen = qualityLadder(HD, 'screen', 'balanced');
    const firstSmaller = screen.findIndex(({ width }) => width < 1280);
    expect(screen[firstSmaller - 1]!.frameRate).toBe(5);
  });

  it('allows the sizes libwebrtc allows for VP8 at these bitrates', () => {
    const at = (bitrate: number) => qualityLadder({ width: 1280, height: 720, frameRate: 30 }, 'motion', 'maintain-framerate').find(({ leastBitrate }) => leastBitrate <= bitrate)!.height;
    expect(at(600_000)).toBe(720);
    expect(at(350_000)).toBe(540);
    expect(at(150_000)).toBe(360);
  });
});

describe('video adaptation', () => {
  it('leaves 1280×800 what it is when the bandwidth allows', () => {
    expect(hold(adaptation(), 800_000, 0, 60)).toMatchObject({ width: 1280, height: 800, frameRate: 30 });
    const risen = adaptation();
    expect(hold(risen, 200_000, 0, 10).width).toBeLessThan(1280);
    expect(hold(risen, 900_000, 10_250, 15)).toMatchObject({ width: 1280, height: 800, frameRate: 30 });
  });

  it('goes down soon and up late, and does not follow what swings', () => {
    const subject = adaptation();
    hold(subject, 1_000_000, 0, 5);
    expect(subject.decide(500_000, 500_000, 0, 5250).width).toBe(1280);
    expect(hold(subject, 500_000, 5500, 2).width).toBe(960);
    expect(hold(subject, 1_000_000, 7750, 6).width).toBe(960);
    expect(hold(subject, 1_000_000, 14_000, 6).width).toBe(1280);
    let changes = 0;
    let width = 1280;
    for (let time = 20_000; time < 80_000; time += 250) {
      const bitrate = 690_000 * (Math.floor(time / 1000) % 2 ? 1.15 : 0.85);
      const decision = subject.decide(bitrate, bitrate, 0, time);
      if (decision.width !== width) changes += 1;
      width = decision.width;
    }
    expect(changes).toBeLessThanOrEqual(1);
  });

  it('keeps the size while less is sent for a moment alone, and sends less', () => {
    const subject = adaptation();
    hold(subject, 800_000, 0, 5);
    expect(subject.decide(100_000, 800_000, 0, 5250)).toMatchObject({ width: 1280, bitrate: 100_000 });
  });

  it('spares the processor by the speed first, then as the network does', () => {
    const subject = adaptation();
    const decisions = Array.from({ length: subject.mostCpuLevel + 1 }, (_, level) => subject.decide(3e6, 3e6, level, 250 * level));
    expect(decisions[0]).toMatchObject({ width: 1280, frameRate: 30, speed: 4 });
    for (const [i, decision] of decisions.entries()) {
      if (i === 0) continue;
      const before = decisions[i - 1]!;
      expect(decision.speed).toBeGreaterThanOrEqual(before.speed);
      if (decision.width < 1280) expect(decision.speed).toBe(12);
      const work = ({ width, height, frameRate, speed }: VideoDecision) => (width * height * frameRate) / speed;
      expect(work(decision)).toBeLessThan(work(before));
    }
  });

  it('gives a size no more than it can use', () => {
    const subject = adaptation({ camera: { width: 320, height: 180, frameRate: 30 } });
    const { bitrate } = subject.decide(5e6, 5e6, 0, 0);
    expect(bitrate).toBeLessThan(250_000);
    expect(bitrate).toBe(subject.mostBitrate);
  });

  it('never leaves the ladder, whatever comes', () => {
    const random = seededRandom(4);
    for (const camera of cameras) {
      for (const content of contents) {
        const subject = adaptation({ camera, content });
        for (let time = 0; time < 100_000; time += 250) {
          const bitrate = 10 ** (2 + 5 * random());
          const decision = subject.decide(bitrate, bitrate, Math.floor(30 * random()), time);
          expect(decision.bitrate).toBeLessThanOrEqual(bitrate);
          expect(decision.width).toBeGreaterThan(0);
          expect(decision.width).toBeLessThanOrEqual(camera.width);
          expect([4, 6, 8, 10, 12]).toContain(decision.speed);
        }
      }
    }
  });
});
