import { create } from 'zustand';
import { until } from './until.ts';

/** What the page got from the server that it came from. */
interface HostState {
  /**
   * Whether it may use all cores, which takes cross-origin isolation; `soon`: the service worker is about to stand in for
   * a server that does not send its headers, and the page will be loaded once more.
   */
  cores: 'all' | 'soon' | 'one';
  /** A link waits for that. */
  linked: boolean;
}

export const useHost = create<HostState>()(() => ({
  cores: globalThis.crossOriginIsolated ? 'all' : 'one',
  linked: false,
}));

/** Resolves when the page is isolated, or will not be: where it is loaded once more, never. */
export const hostKnown = (): Promise<void> => until(useHost, ({ cores }) => cores !== 'soon');
