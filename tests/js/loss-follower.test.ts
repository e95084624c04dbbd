import { expect, it } from 'vitest';
import { LossFollower } from '../../js/src/call/loss-follower.js';

it('rises with a report at once, falls slowly, and counts each report once', () => {
  const loss = new LossFollower();
  expect(loss.value).toBe(0);
  loss.observe({ fractionLost: 0.2, timestamp: 1 });
  expect(loss.value).toBe(0.2);
  loss.observe({ fractionLost: 0, timestamp: 2 });
  const once = loss.value;
  expect(once).toBeGreaterThan(0.1);
  expect(once).toBeLessThan(0.2);
  for (let i = 0; i < 10; i++) loss.observe({ fractionLost: 0, timestamp: 2 });
  expect(loss.value).toBe(once);
  for (let i = 3; i < 100; i++) loss.observe({ fractionLost: 0, timestamp: i });
  expect(loss.value).toBe(0);
});

it('keeps to 0 … 1 whatever a report says', () => {
  const loss = new LossFollower();
  for (const [i, fractionLost] of [-1, undefined, NaN, 7].entries()) loss.observe({ fractionLost, timestamp: i });
  expect(loss.value).toBe(1);
  expect(Number.isNaN(loss.value)).toBe(false);
});
