import type { Plugin } from 'vite';
import { servedHeaders } from './headers.ts';

/** Files whose names change with what they hold, and may be kept for ever. */
const FOREVER = 'public, max-age=31536000, immutable';

const entries = Object.entries(servedHeaders);
const lines = (text: (name: string, value: string) => string): string =>
  entries.map(([name, value]) => text(name, value)).join('\n');

/** What hosts read beside the page, so that they send its headers: file name → text. */
export const hostFiles: Readonly<Record<string, string>> = {
  // Netlify, Cloudflare Pages.
  _headers: `/*\n${lines((name, value) => `  ${name}: ${value}`)}\n/assets/*\n  Cache-Control: ${FOREVER}\n`,
  'vercel.json': `${JSON.stringify(
    {
      headers: [
        { source: '/(.*)', headers: entries.map(([key, value]) => ({ key, value })) },
        { source: '/assets/(.*)', headers: [{ key: 'Cache-Control', value: FOREVER }] },
      ],
    },
    null,
    2,
  )}\n`,
  // Apache.
  '.htaccess': `AddType application/wasm .wasm
<IfModule mod_headers.c>
${lines((name, value) => `  Header set ${name} "${value}"`)}
</IfModule>
`,
  // GitHub Pages: files are sent as they are.
  '.nojekyll': '',
};

/** Puts `hostFiles` beside the built page. */
export function hosting(): Plugin {
  return {
    name: 'unprompted:hosting',
    apply: 'build',
    generateBundle() {
      for (const [fileName, source] of Object.entries(hostFiles))
        this.emitFile({ type: 'asset', fileName, source });
    },
  };
}
