import { expect, test } from 'vitest';
import { receiving } from './receive.ts';

const full = () => Promise.reject(new Error('no space left'));

test.each<[string, Parameters<typeof receiving>[1]]>([
  ['work that looks at nothing', async (save) => void save(0, Buffer.of()).catch(() => {})],
  ['work that goes on for ever', (save) => save(0, Buffer.of()).catch(() => new Promise<void>(() => {}))],
  [
    'work that fails of it',
    (save) =>
      save(0, Buffer.of()).catch(() => {
        throw new Error('status 500');
      }),
  ],
])('a failed write ends %s', async (_, work) => {
  await expect(receiving(full, work)).rejects.toThrow('no space left');
});

test('without one, work ends as it does', async () => {
  const saved: number[] = [];
  const save = async (number: number) => void saved.push(number);
  await receiving(save, (take) => take(3, Buffer.of()));
  expect(saved).toEqual([3]);
  await expect(receiving(save, () => Promise.reject(new Error('its own')))).rejects.toThrow('its own');
});
