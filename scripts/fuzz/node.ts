import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Answer, count, emptyTally, type FuzzOrder, isFault, type Tally } from './answer.ts';
import { type Bytes, type Kind, wholeFiles } from './files.ts';
import { mutate } from './mutate.ts';

/** Milliseconds that a process may take to start. */
const STARTING = 60_000;

/** Has mutated weights, masks, annotations and projects read, by a process that is replaced where it hangs or ends. */
export async function fuzzFiles({ files, seed, limit }: FuzzOrder): Promise<Tally> {
  const whole = await wholeFiles();
  const tally = emptyTally(whole.length);
  let child: ChildProcess | null = null;
  for (let file = 0; file < files; file++) {
    const source = whole[file % whole.length];
    if (!source) break;
    const bytes = mutate(source.bytes, seed + file);
    child ??= await started();
    const began = performance.now();
    child.send({ kind: source.kind, bytes } satisfies { kind: Kind; bytes: Bytes });
    const answer = await answerFrom(child, limit);
    count(tally, source.kind, seed + file, answer, performance.now() - began);
    if (!isFault(answer)) continue;
    child.kill('SIGKILL');
    child = null;
  }
  child?.kill('SIGKILL');
  return tally;
}

async function started(): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./reader.ts', import.meta.url)), { serialization: 'advanced' });
  await answerFrom(child, STARTING);
  return child;
}

function answerFrom(child: ChildProcess, timeout: number): Promise<Answer> {
  return new Promise((resolve) => {
    const finish = (answer: Answer) => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(answer);
    };
    const timer = setTimeout(() => finish({ kind: 'hung', detail: `for ${timeout} ms` }), timeout);
    child.once('message', finish);
    child.once('exit', (status) => finish({ kind: 'crash', detail: `it ended with ${status}` }));
  });
}
