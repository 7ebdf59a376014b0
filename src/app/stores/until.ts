import type { StoreApi } from 'zustand';

/** Resolves once a store's state is as `holds` says; at once where it is. */
export const until = <T>(store: Pick<StoreApi<T>, 'getState' | 'subscribe'>, holds: (state: T) => boolean) =>
  new Promise<void>((resolve) => {
    if (holds(store.getState())) return resolve();
    const end = store.subscribe((state) => {
      if (!holds(state)) return;
      end();
      resolve();
    });
  });
