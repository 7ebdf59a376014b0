/**
 * The only hosts that the page may ever ask for weights: the model hub, and the names under which its storage lies.
 * The Content Security Policy is made of these, so that nothing can go anywhere else.
 */
export const WEIGHT_HOSTS = ['huggingface.co', '*.huggingface.co', '*.hf.co'] as const;

/** Whether the page may fetch from an address; of any other host a person can download a file and drop it. */
export function mayAsk(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  const named = (pattern: string) =>
    pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
  return protocol === 'https:' && WEIGHT_HOSTS.some(named);
}
