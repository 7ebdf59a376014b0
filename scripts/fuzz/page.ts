import { mutate, random } from './mutate.ts';

/** How a mutated file was answered. */
export interface Answer {
  kind: 'frames' | 'some frames' | 'coded error' | 'other error' | 'hung';
  detail: string;
}

let worker: Worker | null = null;

/** Loads the worker, which is not counted as the file's time. */
async function ready(): Promise<Worker> {
  const made = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  await new Promise((resolve) => made.addEventListener('message', resolve, { once: true }));
  return made;
}

/** Opens the file `name` with the faults that `seed` decides and reads its frames; gives up after `limit` seconds. */
export async function attempt(name: string, seed: number, limit: number): Promise<Answer> {
  const response = await fetch(`/test/fixtures/video/${name}`, { cache: 'force-cache' });
  const bytes = mutate(new Uint8Array(await response.arrayBuffer()), random(seed));
  worker ??= await ready();
  const asked = worker;
  const answer = await new Promise<Answer>((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'hung', detail: '' }), limit * 1000);
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
  return answer;
}
