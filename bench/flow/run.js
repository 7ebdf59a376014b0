// node bench/flow/run.js [--software] [--reference FILE]: times the optical flow in TypeScript, in WebAssembly and on the
// machine's GPU, or on Chromium's software one, and compares it with OpenCV's (opencv.py writes FILE); prints Markdown.
import { spawnSync } from 'node:child_process';
import { runnerImport } from 'vite';
import { ensureChromium, softwareVulkan } from '../../scripts/chromium.js';

if (process.argv.includes('--software')) {
  // Drivers are looked up once, as the process starts.
  const env = { ...process.env, ...softwareVulkan(ensureChromium()) };
  const args = process.argv.slice(2).filter((word) => word !== '--software');
  const { status } = spawnSync(process.execPath, [import.meta.filename, ...args], { env, stdio: 'inherit' });
  process.exit(status ?? 1);
}
await runnerImport(new URL('./main.ts', import.meta.url).pathname, { configFile: false });
