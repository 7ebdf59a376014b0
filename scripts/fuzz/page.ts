import type { Answer } from './answer.ts';
import { mutate } from './mutate.ts';

let worker: Worker | null = null;

/** Loads the worker, which is not counted as the file's time. */
async function ready(): Promise<Worker> {
  const made = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  await new Promise((resolve, reject) => {
    made.addEventListener('message', resolve, { once: true });
    made.addEventListener('error', ({ message }) =>
      reject(new Error(message || 'The worker does not load.')),
    );
  });
  return made;
}

/** Opens the clip `name` with the faults that `seed` decides and reads its frames; gives up after `limit` milliseconds. */
export async function attempt(
  name: string,
  seed: number,
  limit: number,
): Promise<{ answer: Answer; milliseconds: number }> {
  const response = await fetch(`/test/fixtures/video/${name}`, { cache: 'force-cache' });
  const bytes = mutate(new Uint8Array(await response.arrayBuffer()), seed);
  worker ??= await ready();
  const asked = worker;
  const began = performance.now();
  const answer = await new Promise<Answer>((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'hung', detail: '' }), limit);
    asked.onmessage = ({ data }: MessageEvent<Answer>) => {
      clearTimeout(timer);
      resolve(data);
    };
    asked.postMessage(new File([bytes], name));
  });
  if (answer.kind === 'hung') {
    asked.terminate();
    worker = null;
  }
  return { answer, milliseconds: performance.now() - began };
}
