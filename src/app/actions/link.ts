import type { Scope } from '../../lib/task.ts';
import { clipUrl, linkIn } from '../model/link.ts';
import { hostKnown, useHost } from '../stores/host.ts';
import { failure, type LinkFault } from '../words/errors.ts';
import { openIn, opening } from './open.ts';
import { openSampleById } from './samples.ts';

/** Whether the page's address names something to open. */
export const isLinked = (): boolean => linkIn(location.hash) !== null;

/** Opens what the page's address names, and removes it from there, so that a reload comes back to the work. */
export async function openLink(): Promise<void> {
  const link = linkIn(location.hash);
  if (!link) return;
  await opening(async (scope) => {
    useHost.setState({ linked: true });
    await hostKnown();
    useHost.setState({ linked: false });
    history.replaceState(null, '', location.pathname + location.search);
    await (link.kind === 'sample' ? openSampleById(scope, link.what) : openClip(scope, link.what));
  });
}

/** @throws `link/elsewhere`, `link/missing` */
async function openClip(scope: Scope, what: string): Promise<void> {
  const url = clipUrl(what, document.baseURI);
  if (!url) throw failure('link/elsewhere', { what, host: location.host });
  const missing = (why: LinkFault) => failure('link/missing', { what, why });
  const response = await fetch(url, { signal: scope.signal }).catch((thrown: unknown) => {
    scope.signal.throwIfAborted();
    throw missing({ says: thrown instanceof Error ? thrown.message : String(thrown) });
  });
  if (!response.ok) throw missing({ says: `${response.status} ${response.statusText}`.trim() });
  // Many servers answer with a page of their own where a file is missing.
  if (/^text\/html\b/.test(response.headers.get('content-type') ?? '')) throw missing({ code: 'page' });
  const blob = await response.blob();
  const name = decoded(url.pathname.split('/').at(-1) ?? '') || 'clip';
  await openIn(scope, [new File([blob], name, { type: blob.type })]);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Opens what a link within the open page names. */
export function followLinks(): () => void {
  const follow = () => void openLink();
  addEventListener('hashchange', follow);
  return () => removeEventListener('hashchange', follow);
}
