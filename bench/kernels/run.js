// node bench/kernels/run.js [--software]: times the WGSL kernels on the machine's GPU, or on Chromium's software one,
// and what 16 bits cost; prints Markdown.
import { spawnSync } from 'node:child_process';
import { runnerImport } from 'vite';
import { ensureChromium, softwareVulkan } from '../../scripts/chromium.js';

if (process.argv.includes('--software')) {
  // Drivers are looked up once, as the process starts.
  const env = { ...process.env, ...softwareVulkan(ensureChromium()) };
  const { status } = spawnSync(process.execPath, [import.meta.filename], { env, stdio: 'inherit' });
  process.exit(status ?? 1);
}
await runnerImport(new URL('./main.ts', import.meta.url).pathname, { configFile: false });
