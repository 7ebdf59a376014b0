import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { contentSecurityPolicy, hosts, isolation, servedHeaders } from './scripts/headers.ts';
import { offline } from './scripts/offline.ts';
import { samples } from './scripts/samples.ts';

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

export default defineConfig({
  plugins: [react(), samples(), policy, offline()],
  define: { 'import.meta.env.WEIGHT_HOSTS': JSON.stringify(hosts) },
  server: { headers: isolation },
  preview: { headers: servedHeaders },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    rolldownOptions: { input: ['index.html', 'headless.html'] },
    chunkSizeWarningLimit: 1000,
  },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
});
