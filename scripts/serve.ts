import type { IncomingMessage, ServerResponse } from 'node:http';
import { type PreviewServer, preview } from 'vite';
import { root } from './build.ts';

/** Answers a request and returns true, or returns false to leave it to the app's own files. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface Served {
  /** Ends with a slash. */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the built app to this machine alone, with the headers of vite.config.ts (cross-origin isolation, CSP).
 * Takes the next free port when `port` is taken. `answer` may serve more paths.
 */
export async function serve(port: number, answer?: Answer): Promise<Served> {
  const server: PreviewServer = await preview({
    root,
    logLevel: 'warn',
    preview: { host: '127.0.0.1', port, strictPort: false },
    plugins: answer
      ? [
          {
            name: 'unprompted:answer',
            configurePreviewServer({ middlewares }) {
              middlewares.use((request, response, next) => {
                if (!answer(request, response)) next();
              });
            },
          },
        ]
      : [],
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}
