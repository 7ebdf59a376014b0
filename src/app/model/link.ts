/** What an address asks the page to open, in its part behind #: a sample, or a clip by its own address. */
export type Link = { kind: 'sample' | 'clip'; what: string };

/** `#sample=jelly`, `#clip=clips/dog.mp4`; null where an address asks for nothing of the kind. */
export function linkIn(hash: string): Link | null {
  const asked = new URLSearchParams(hash.replace(/^#/, ''));
  for (const kind of ['sample', 'clip'] as const) {
    const what = asked.get(kind);
    if (what !== null) return { kind, what };
  }
  return null;
}

/** The address of a clip that lies with the page's own server; null where it lies elsewhere, or is none. */
export function clipUrl(what: string, page: string): URL | null {
  if (what === '' || !URL.canParse(what, page)) return null;
  const url = new URL(what, page);
  return url.origin === new URL(page).origin && /^https?:$/.test(url.protocol) ? url : null;
}
