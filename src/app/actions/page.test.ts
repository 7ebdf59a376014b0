import { beforeEach, expect, test, vi } from 'vitest';
import { clipInfo } from '../../../test/page-workers.ts';
import { NO_CLIP, useClip } from '../stores/clip.ts';
import { showFailure, useNotices } from '../stores/notices.ts';
import { failure } from '../words/errors.ts';
import { copyDiagnostics } from './page.ts';

vi.mock('../workers/connection.ts', () => ({ workers: () => null }));
const writeText = vi.fn(async (_text: string) => undefined);
vi.stubGlobal('navigator', { userAgent: 'test', clipboard: { writeText } });
vi.stubGlobal('crossOriginIsolated', true);
vi.stubGlobal('innerWidth', 1);
vi.stubGlobal('innerHeight', 1);
vi.stubGlobal('devicePixelRatio', 1);

/** What is copied of errors. */
async function errors(): Promise<{ code: string; message: string; when: string }[]> {
  await copyDiagnostics.run();
  return JSON.parse(writeText.mock.lastCall![0]).errors;
}

beforeEach(() => {
  useClip.setState({ ...NO_CLIP, opening: false });
  useNotices.setState({ notices: [], reported: [] });
});

test('the last twenty errors are in the diagnostics with their codes, dismissed or not', async () => {
  for (let i = 0; i < 25; i++) showFailure(failure('project/newer', { name: `${i}.unprompted` }));
  const reported = await errors();
  expect(reported).toHaveLength(20);
  expect(reported.at(-1)).toMatchObject({ code: 'project/newer', message: expect.stringContaining('24') });
  expect(Date.parse(reported[0]!.when)).toBeGreaterThan(0);
});

test('they do not name the clip', async () => {
  const name = 'holiday.mp4';
  useClip.setState({ info: clipInfo(name), files: [new File([], name)] });
  showFailure(failure('project/clip-not-kept', { clip: name, why: { says: 'it is too large' } }));
  expect((await errors())[0]!.message).not.toContain(name);
});

test('what was cancelled is no error', async () => {
  showFailure(failure('run/cancelled'));
  expect(await errors()).toEqual([]);
});
