// node bench/cluster/run.js: times clustering on the CPU against its baselines and prints a Markdown table.
import { runnerImport } from 'vite';

await runnerImport(new URL('./main.ts', import.meta.url).pathname, { configFile: false });
// ONNX Runtime's threads would keep Node alive.
process.exit(0);
