// node bench/memory/run.js [wasm] [webgpu] [whole] [--software]: measures the engine's own account of memory on made-up tokens
// and prints a Markdown table; `whole`, which takes long without a GPU, only when named. --software: WebGPU in Chromium's
// software renderer.
import { spawnSync } from 'node:child_process';
import { runnerImport } from 'vite';
import { ensureChromium, softwareVulkan } from '../../scripts/chromium.js';

if (process.argv.includes('--software')) {
  // Drivers are looked up once, as the process starts.
  const env = { ...process.env, ...softwareVulkan(ensureChromium()) };
  const args = [import.meta.filename, ...process.argv.slice(2).filter((arg) => arg !== '--software')];
  const { status } = spawnSync(process.execPath, args, { env, stdio: 'inherit' });
  process.exit(status ?? 1);
}
await runnerImport(new URL('./main.ts', import.meta.url).pathname, { configFile: false });
// ONNX Runtime's threads would keep Node alive.
process.exit(0);
