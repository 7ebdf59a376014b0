import { throttled } from '../src/lib/task.ts';
import type { Io } from './command.ts';

/** Between two progress lines where they cannot replace each other, in milliseconds. */
const PAUSE = 5000;

/** What an Io needs of a stream, so that tests can listen. */
interface Stream {
  write(text: string): unknown;
  isTTY?: boolean;
}

export interface IoOptions {
  json: boolean;
  quiet: boolean;
  signal: AbortSignal;
  out?: Stream;
  err?: Stream;
  now?: () => number;
}

/** The Io of one command. An empty progress line only wipes the one before. */
export function createIo(options: IoOptions): Io {
  const { json, quiet, signal, out = process.stdout, err = process.stderr, now = Date.now } = options;
  let shown = false;
  const due = throttled(PAUSE, now);

  const wipe = () => {
    if (shown) err.write('\r\x1b[2K');
    shown = false;
  };
  return {
    signal,
    result(value, text) {
      wipe();
      if (json) out.write(`${JSON.stringify(value)}\n`);
      else if (!quiet) out.write(`${text}\n`);
    },
    note(text) {
      wipe();
      if (!quiet) err.write(`${text}\n`);
    },
    progress(text) {
      if (quiet) return;
      if (err.isTTY) {
        wipe();
        err.write(text);
        shown = text !== '';
      } else if (text !== '' && due()) {
        err.write(`${text}\n`);
      }
    },
  };
}
