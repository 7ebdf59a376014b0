import { afterEach, expect, test, vi } from 'vitest';
import { openOverflow } from './overflow.ts';

afterEach(() => vi.unstubAllGlobals());

test('where the browser denies its files, as in private windows, there is none', async () => {
  vi.stubGlobal(
    'FileSystemFileHandle',
    class {
      createSyncAccessHandle() {}
    },
  );
  vi.stubGlobal('navigator', {
    storage: { getDirectory: () => Promise.reject(new DOMException('denied', 'SecurityError')) },
  });
  expect(await openOverflow()).toBeNull();
});
