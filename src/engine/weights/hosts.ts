/** The model hub, and the names under which its storage lies. */
export const HUB_HOSTS = ['huggingface.co', '*.huggingface.co', '*.hf.co'] as const;

/** A host's name, with a port where it has one; `*.` before it stands for all names below it. */
const HOST = /^(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d+)?$/;

/**
 * The only hosts that a page may ever ask for weights: the hub, and those that its builder names, with spaces or
 * commas between. The Content Security Policy is made of these, so that nothing can go anywhere else.
 */
export function weightHosts(named = ''): readonly string[] {
  const more = named.split(/[\s,]+/).filter((host) => host !== '');
  const odd = more.find((host) => !HOST.test(host));
  if (odd !== undefined)
    throw new Error(`“${odd}” is no host of weights: name hosts as in models.example.org or *.example.org.`);
  return [...HUB_HOSTS, ...more];
}

/** Whether the page may fetch from an address; of any other host a user can download a file and drop it. */
export function mayAsk(url: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  const named = (pattern: string) =>
    pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
  return protocol === 'https:' && hosts.some(named);
}
