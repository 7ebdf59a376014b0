import type { Scope } from '../../lib/task.ts';
import { unpack } from '../project/document.ts';
import { failure } from '../words/errors.ts';
import { openIn, opening } from './open.ts';
import { resume } from './recent.ts';

/** An entry of samples/samples.json, written when the page is built. Its files are beside it. */
export interface Sample {
  id: string;
  title: string;
  file: string;
  /** A project with what the default model finds in it. */
  work?: string;
  /** A moving thumbnail: `frames` pictures, one below the other. */
  strip?: string;
  frames?: number;
  credit: string;
  licence: string;
  url: string;
}

export const SAMPLES = `${import.meta.env.BASE_URL}samples/`;

async function fetched(file: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(SAMPLES + file, { signal });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText} for ${file}`);
  return response;
}

async function listSamples(signal: AbortSignal): Promise<Sample[]> {
  return (await (await fetched('samples.json', signal)).json()) as Sample[];
}

/**
 * The samples that can be opened now: none where the service worker serves the page and the server cannot be reached.
 * `navigator.onLine` does not say: it is false on a machine without a network whose page comes from that machine.
 */
export async function reachableSamples(signal: AbortSignal): Promise<Sample[]> {
  const samples = await listSamples(signal);
  const first = samples[0];
  if (!first) return [];
  try {
    // The service worker does not answer HEAD requests, so the server does.
    await fetch(SAMPLES + first.file, { method: 'HEAD', cache: 'no-store', signal });
    return samples;
  } catch (thrown) {
    signal.throwIfAborted();
    console.info('Samples need the server, which cannot be reached:', thrown);
    return [];
  }
}

async function fileOf(name: string, signal: AbortSignal): Promise<File> {
  const blob = await (await fetched(name, signal)).blob();
  return new File([blob], name, { type: blob.type });
}

/** Fetches a sample and opens it with its project, if there is one, else as if it had been dropped. */
export const openSample = (sample: Sample): Promise<void> => opening((scope) => openSampleIn(scope, sample));

async function openSampleIn(scope: Scope, { file, work }: Sample): Promise<void> {
  const { signal } = scope;
  if (work === undefined) return openIn(scope, [await fileOf(file, signal)], { sample: true });
  const [clip, kept, { readProject }] = await Promise.all([
    fileOf(file, signal),
    fileOf(work, signal),
    import('../project/file.ts'),
  ]);
  const { document } = await readProject(kept);
  await resume(scope, [clip], unpack(document), { name: work, id: null, sample: true });
}

/** @throws `link/no-sample` */
export async function openSampleById(scope: Scope, id: string): Promise<void> {
  const samples = await listSamples(scope.signal);
  const sample = samples.find((one) => one.id === id);
  if (!sample) throw failure('link/no-sample', { id, ids: samples.map((one) => one.id).join(', ') });
  await openSampleIn(scope, sample);
}
