import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showWait, useNotices } from './notices.ts';

beforeEach(() => {
  vi.useFakeTimers();
  useNotices.setState({ notices: [] });
});
afterEach(() => {
  vi.useRealTimers();
});

const shown = () => useNotices.getState().notices.map(({ what, part }) => [what, part]);

test('a wait is shown once it is long, with what has been done by then, and on until it ends', () => {
  const stop = vi.fn();
  const wait = showWait('Opening', stop);
  wait.report(0.25);
  expect(shown()).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(shown()).toEqual([['Opening', 0.25]]);
  wait.report(0.5);
  expect(shown()).toEqual([['Opening', 0.5]]);
  useNotices.getState().notices[0]!.action!.run();
  expect(stop).toHaveBeenCalledOnce();
  wait.end();
  expect(shown()).toEqual([]);
});

test('a wait that is short is not shown, whatever it reports', () => {
  const { notices } = useNotices.getState();
  const wait = showWait('Opening', () => {});
  wait.report(0.5);
  expect(useNotices.getState().notices).toBe(notices);
  wait.end();
  vi.advanceTimersByTime(5000);
  expect(shown()).toEqual([]);
});
