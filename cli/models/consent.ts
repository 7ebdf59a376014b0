import { createInterface } from 'node:readline/promises';
import { megabytes } from '../../src/lib/bytes.ts';
import type { Io } from '../command.ts';
import { failure } from '../errors.ts';

/** What a user agrees to before another host is contacted. */
export interface Download {
  name: string;
  host: string;
  /** 0 where only the host knows. */
  bytes: number;
  licence: string;
}

const described = ({ name, host, bytes, licence }: Download): string =>
  `${name}: ${bytes > 0 ? megabytes(bytes) : 'a file'} from ${host}, licence: ${licence}.`;

/** Resolves once the user agreed, by `--yes` or at the terminal. Throws `models/no-consent`, `run/cancelled`. */
export async function consent(download: Download, agreed: boolean, io: Io): Promise<void> {
  if (agreed) return io.note(described(download));
  const refused = failure('models/no-consent', { download: described(download) });
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw refused;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${described(download)} Download it once? [y/N] `, {
      signal: io.signal,
    });
    if (!/^y(es)?$/i.test(answer.trim())) throw refused;
  } finally {
    terminal.close();
  }
}
