// npm start [-- --port N]: builds the app when needed, serves it to this machine and prints where.
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.ts';
import { serve } from './serve.ts';

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const asked = values.port ?? process.env.PORT ?? '4173';
const port = Number(asked);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`The port is ${asked}, but it has to be a number from 0 to 65535.`);
  process.exit(2);
}

// Vite ends the process itself on SIGTERM, with this code where one is set.
process.exitCode = 0;

await ensureBuilt(() => console.log('Building …'));
const served = await serve(port);
console.log(`Unprompted is at ${served.url} (Ctrl-C stops it)`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    served.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
