import { expect, test } from 'vitest';
import { MemoryTracker } from './memory.ts';

test('the peak is that since the last restart, which counts what is still held', () => {
  const tracker = new MemoryTracker();
  tracker.take(100);
  tracker.give(60);
  tracker.restart();
  expect(tracker.peak).toBe(40);
  tracker.take(20);
  tracker.give(60);
  expect([tracker.held, tracker.peak]).toEqual([0, 60]);
});
