import { beforeEach, expect, test, vi } from 'vitest';
import { createBackbone } from '../model/backbone.ts';
import { createCorrelator } from '../model/correlator.ts';
import type { Backbone, Correlator, Model } from '../model/types.ts';
import type { DeviceContext } from './devices.ts';
import { createSessionCache } from './sessions.ts';

vi.mock('../model/backbone.ts');
vi.mock('../model/correlator.ts');

const model = { entry: { id: 'x' } } as Model;
const size = { height: 16, width: 16, metric: 'Av' } as const;
const place = { report: { device: 'wasm', precision: 'float32' } } as DeviceContext;

const session = () => ({ rows: 2, columns: 2, release: vi.fn(async () => {}) });
beforeEach(() => {
  vi.mocked(createBackbone).mockImplementation(async () => session() as unknown as Backbone);
  vi.mocked(createCorrelator).mockImplementation(async () => session() as unknown as Correlator);
});

test('sessions are kept until others are needed, then released', async () => {
  const sessionsFor = createSessionCache();
  const first = await sessionsFor(model, size, place, 1);
  expect(await sessionsFor(model, size, place, 1)).toBe(first);
  expect(await sessionsFor(model, { ...size, width: 32 }, place, 1)).not.toBe(first);
  expect(first.backbone.release).toHaveBeenCalledOnce();
  expect(first.correlator.release).toHaveBeenCalledOnce();
});

test('a backbone whose correlator fails is released, and the next call begins again', async () => {
  const backbone = session();
  vi.mocked(createBackbone).mockResolvedValueOnce(backbone as unknown as Backbone);
  vi.mocked(createCorrelator).mockRejectedValueOnce(new Error('no room'));
  const sessionsFor = createSessionCache();
  await expect(sessionsFor(model, size, place, 1)).rejects.toThrow('no room');
  expect(backbone.release).toHaveBeenCalledOnce();
  expect((await sessionsFor(model, size, place, 1)).backbone).not.toBe(backbone);
});
