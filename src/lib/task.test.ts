import { expect, test, vi } from 'vitest';
import {
  abortable,
  conflated,
  debounced,
  delay,
  isAbort,
  latest,
  precedence,
  Scope,
  serial,
  stepOf,
  throttled,
  within,
} from './task.ts';

function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );

test('of several calls only the newest resolves; older ones reject at once though their work goes on', async () => {
  const works = [deferred<string>(), deferred<string>()];
  const signals: AbortSignal[] = [];
  const call = latest((signal, at: number) => {
    signals.push(signal);
    return works[at]!.promise;
  });
  const first = reasonOf(call(0));
  const second = call(1);
  expect(isAbort(await first)).toBe(true);
  expect(signals[0]!.aborted).toBe(true);
  works[1]!.resolve('newest');
  expect(await second).toBe('newest');
  works[0]!.resolve('too late');
  expect(signals[1]!.aborted).toBe(false);
});

test('cancel ends the call under way and spares the next', async () => {
  const call = latest(async (signal, value: number) => abortable(Promise.resolve(value), signal));
  const never = latest(() => new Promise<never>(() => undefined));
  const waiting = reasonOf(never());
  never.cancel();
  expect(isAbort(await waiting)).toBe(true);
  call.cancel();
  expect(await call(7)).toBe(7);
});

test('a failed call rejects with its own error', async () => {
  const call = latest(async () => {
    throw new Error('broken');
  });
  await expect(call()).rejects.toThrow('broken');
});

test('serial keeps the order, survives failures and skips what was aborted while it waited', async () => {
  const order: string[] = [];
  const queue = serial();
  const gate = deferred<void>();
  const first = queue(async () => {
    await gate.promise;
    order.push('first');
    throw new Error('first fails');
  });
  const controller = new AbortController();
  const second = reasonOf(queue(async () => void order.push('second'), controller.signal));
  const third = queue(async () => void order.push('third'));
  controller.abort();
  gate.resolve();
  await expect(first).rejects.toThrow('first fails');
  await third;
  await queue.idle();
  expect(isAbort(await second)).toBe(true);
  expect(order).toEqual(['first', 'third']);
});

test('a scope releases what it owns, newest first, after its signal has aborted', async () => {
  const order: string[] = [];
  const scope = new Scope();
  scope.signal.addEventListener('abort', () => order.push('aborted'));
  expect(scope.own('a', async (thing) => void order.push(thing))).toBe('a');
  scope.own('b', (thing) => void order.push(thing));
  await Promise.all([scope.close(), scope.close()]);
  expect(order).toEqual(['aborted', 'b', 'a']);
});

test('a scope closes with its parent, and releases its parent when it closes first', async () => {
  const released = vi.fn();
  const parent = new Scope();
  const child = new Scope(parent);
  child.own('thing', released);
  const early = new Scope(parent);
  early.own('early', released);
  await early.close();
  expect(released).toHaveBeenCalledTimes(1);
  await parent.close();
  expect(child.signal.aborted).toBe(true);
  expect(released).toHaveBeenCalledTimes(2);
});

test('what comes after the end is released at once, and its maker hears of it', async () => {
  const scope = new Scope();
  await scope.close();
  const released = vi.fn();
  expect(isAbort(await reasonOf((async () => scope.own('late', released))()))).toBe(true);
  expect(released).toHaveBeenCalledWith('late');
  expect(() => new Scope(scope)).toThrow();
});

test('a scope of a signal ends with it, and is none where that has aborted', async () => {
  const owner = new AbortController();
  const scope = new Scope(owner.signal);
  const released = vi.fn();
  scope.own(1, released);
  owner.abort(new Error('gone'));
  expect(scope.signal.reason).toBe(owner.signal.reason);
  await scope.close();
  expect(released).toHaveBeenCalledOnce();
  expect(() => new Scope(owner.signal)).toThrow('gone');
});

test('one failing release does not keep the others from being released', async () => {
  const released = vi.fn();
  const scope = new Scope();
  scope.own(1, released);
  scope.own(2, () => {
    throw new Error('stuck');
  });
  await expect(scope.close()).rejects.toThrow('stuck');
  expect(released).toHaveBeenCalledOnce();
});

/** A job whose ends are in the test's hands. */
function held() {
  const started: number[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const job = (request: number) =>
    new Promise<void>((resolve, reject) => {
      started.push(request);
      ends.push({ resolve, reject });
    });
  return { started, ends, job };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('requests that newer ones superseded while a job ran are dropped', async () => {
  const { started, ends, job } = held();
  const request = conflated(job, () => undefined);
  request(1);
  request(2);
  request(3);
  expect(started).toEqual([1]);
  ends[0]!.resolve();
  await settled();
  expect(started).toEqual([1, 3]);
  ends[1]!.resolve();
  await settled();
  request(4);
  expect(started).toEqual([1, 3, 4]);
});

test('a job that fails is reported, and the newest request still has its turn', async () => {
  const { started, ends, job } = held();
  const failures: unknown[] = [];
  const request = conflated(job, (error) => failures.push(error));
  request(1);
  request(2);
  const fault = new Error('no');
  ends[0]!.reject(fault);
  await settled();
  expect(failures).toEqual([fault]);
  expect(started).toEqual([1, 2]);
});

test('a debounced call waits until there have been no more for a while, and can be called off', () => {
  vi.useFakeTimers();
  try {
    const work = vi.fn();
    const call = debounced(work, 100);
    call();
    vi.advanceTimersByTime(60);
    call();
    vi.advanceTimersByTime(60);
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(40);
    expect(work).toHaveBeenCalledOnce();
    call();
    call.cancel();
    vi.advanceTimersByTime(200);
    expect(work).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
  }
});

test('what is throttled is due at first, and then no more often than once in a while', () => {
  let time = 0;
  const due = throttled(100, () => time);
  const at = (now: number) => {
    time = now;
    return due();
  };
  expect([0, 50, 99, 100, 199, 250, 349].map(at)).toEqual([true, false, false, true, false, true, false]);
});

test('a step of some work brings it from where the one before has ended', () => {
  const parts: number[] = [];
  const whole = (part: number) => parts.push(part);
  for (const step of [stepOf(whole, 0, 0.5), stepOf(whole, 0.5, 1)]) for (const part of [0.5, 1]) step(part);
  expect(parts).toEqual([0.25, 0.5, 0.75, 1]);
  expect(() => stepOf(undefined, 0, 1)(1)).not.toThrow();
});

test('a delay ends early with the signal’s reason', async () => {
  const stop = new AbortController();
  await delay(1, stop.signal);
  const waiting = expect(delay(60_000, stop.signal)).rejects.toThrow('enough');
  stop.abort(new Error('enough'));
  await waiting;
});

test('work that takes too long is not waited for, nor is its error heard', async () => {
  expect(await within(1000, Promise.resolve(7))).toBe(7);
  await expect(within(1000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  let fail = (_: Error): void => undefined;
  const slow = new Promise<number>((_, reject) => {
    fail = reject;
  });
  expect(await within(5, slow)).toBeNull();
  fail(new Error('too late'));
  await settled();
});

test('long work lets what is waited for go first, and is not held up by what comes later or fails', async () => {
  const { first, pause } = precedence();
  await pause();
  const [asked, later] = [deferred<number>(), deferred<number>()];
  const answer = first(asked.promise);
  const failing = first(Promise.reject(new Error('lost')));
  failing.catch(() => undefined);
  let paused = true;
  const pausing = pause().then(() => {
    paused = false;
  });
  void first(later.promise);
  await Promise.resolve();
  expect(paused).toBe(true);
  asked.resolve(7);
  await pausing;
  expect(await answer).toBe(7);
  await expect(failing).rejects.toThrow('lost');
});
