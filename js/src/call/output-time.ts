/** From the rendering of a sample to its sound where nobody may be asked, ms: measured in Firefox with PulseAudio. */
const USUAL_LATENCY = 40;

/**
 * When the sample that `context` renders at `contextTime` (s) is heard, ms since the epoch; undefined before anything was.
 *
 * Firefox (153) may not be asked: `getOutputTimestamp()` and `outputLatency` take the lock of the graph and then wait for the sound server,
 * whose callback may be waiting for that lock. The page then stands still for ever.
 */
export function outputTime(context: AudioContext, contextTime: number): number | undefined {
  if (/\bFirefox\//.test(navigator.userAgent)) {
    return performance.timeOrigin + performance.now() + 1000 * (contextTime - context.currentTime) + USUAL_LATENCY;
  }
  const { contextTime: reference = 0, performanceTime = 0 } = context.getOutputTimestamp();
  return performanceTime === 0 ? undefined : performance.timeOrigin + performanceTime + 1000 * (contextTime - reference);
}
