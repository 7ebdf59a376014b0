import type { StoredFile, WeightStore } from '../src/engine/weights/store.ts';

/** A store that lasts as long as the program: for tests, and for places without a private file system. */
export function memoryStore(): WeightStore {
  const records = new Map<string, StoredFile>();
  const parts = new Map<string, Uint8Array[]>();
  return {
    list: async () => [...records.values()],
    find: async (key) => records.get(key) ?? null,
    record: async (file) => void records.set(file.key, file),
    append: async (key, part) => void parts.set(key, [...(parts.get(key) ?? []), part]),
    async *parts(key) {
      yield* parts.get(key) ?? [];
    },
    size: async (key) => (parts.get(key) ?? []).reduce((sum, { length }) => sum + length, 0),
    async remove(key) {
      records.delete(key);
      parts.delete(key);
    },
  };
}
