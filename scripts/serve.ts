import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type Plugin, type PreviewServer, preview } from 'vite';
import { root } from './build.ts';
import { isLocal, isServed } from './guard.ts';
import { servedHeaders } from './headers.ts';

/** Answers a request and returns true, or returns false to leave it to the app's own files. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface Served {
  /** Ends with a slash. */
  url: string;
  close(): Promise<void>;
}

/** What is asked of another host, or is not there, is answered here: Vite would send the page's own HTML. */
const guard = (folder: string, answer: Answer): Plugin => ({
  name: 'unprompted:guard',
  configurePreviewServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const refuse = (status: number, text: string) => {
        response.writeHead(status, { ...servedHeaders, 'Content-Type': 'text/plain; charset=utf-8' });
        response.end(`${text}\n`);
      };
      if (!isLocal(request.headers.host)) {
        refuse(403, 'This server answers to localhost alone.');
        return;
      }
      if (answer(request, response)) return;
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        refuse(404, 'There is nothing here.');
        return;
      }
      isServed(folder, request.url ?? '').then(
        (served) => (served ? next() : refuse(404, 'There is nothing here.')),
        next,
      );
    });
  },
});

/**
 * Serves the built app to this machine alone, with the headers of a good host (cross-origin isolation, CSP).
 * Takes the next free port when `port` is taken. `answer` may serve more paths.
 */
export async function serve(port: number, answer: Answer = () => false): Promise<Served> {
  const server: PreviewServer = await preview({
    root,
    base: './',
    // Reading vite.config.ts writes beside node_modules, where who serves may have no rights, as in a container.
    configFile: false,
    logLevel: 'warn',
    appType: 'mpa',
    // Whom it answers is the guard's to say, which is stricter than Vite.
    preview: { host: '127.0.0.1', port, strictPort: false, allowedHosts: true, headers: servedHeaders },
    plugins: [guard(join(root, 'dist'), answer)],
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}
