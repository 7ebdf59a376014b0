import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { contentSecurityPolicy, hosts } from './scripts/headers.ts';
import { hosting } from './scripts/hosting.ts';
import { offline } from './scripts/offline.ts';
import { samples } from './scripts/samples.ts';
import { ISOLATION } from './workers/offline-files.ts';

/** The policy goes with the built pages themselves, so that it holds on any host. Dev needs inline scripts. */
const policy: Plugin = {
  name: 'unprompted:policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
      injectTo: 'head-prepend',
    },
  ],
};

/** Many servers know no .mjs, and browsers run no module of an unknown kind. */
const output = {
  assetFileNames: ({ names }: { names: readonly string[] }) =>
    names.some((name) => name.endsWith('.mjs')) ? 'assets/[name]-[hash].js' : 'assets/[name]-[hash][extname]',
};

export default defineConfig({
  // The page lies at a root or in any folder.
  base: './',
  plugins: [react(), samples(), policy, hosting(), offline()],
  define: { 'import.meta.env.WEIGHT_HOSTS': JSON.stringify(hosts) },
  server: { headers: ISOLATION },
  worker: { format: 'es', rolldownOptions: { output } },
  build: {
    target: 'es2022',
    rolldownOptions: { input: ['index.html', 'headless.html'], output },
    chunkSizeWarningLimit: 1000,
  },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
});
