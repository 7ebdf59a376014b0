// node bench/train/run.js: times training steps on one CPU thread and prints a Markdown table.
import { runnerImport } from 'vite';

await runnerImport(new URL('./main.ts', import.meta.url).pathname, { configFile: false });
