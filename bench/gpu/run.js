// node bench/gpu/run.js [--software] [--f16] [GROUP …]: times every WGSL kernel and the ViT on the machine's GPU, or on Chromium's
// software renderer where there is none; prints Markdown. Exit code 1 where a row failed. Groups: products, clustering, flow,
// masks, vit, accuracy; all of them unless some are named.
import { spawnSync } from 'node:child_process';
import { runnerImport } from 'vite';
import { ensureChromium, softwareVulkan } from '../../scripts/chromium.js';
import { hardwareVulkan } from '../../scripts/vulkan.js';

/** main.ts ends so where there is no adapter. */
const NO_ADAPTER = 3;
const LONGEST_MS = 600_000;

/** Runs the bench in a process of its own: drivers are looked up once, as it starts. */
function benchWith(env) {
  const args = [import.meta.filename, ...process.argv.slice(2), '--here'];
  const { status, error } = spawnSync(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: 'inherit',
    timeout: LONGEST_MS,
  });
  if (error) console.error(`The bench did not end by itself: ${error.message}`);
  return status ?? 1;
}

if (process.argv.includes('--here')) {
  await runnerImport(new URL('./main.ts', import.meta.url).pathname, { configFile: false });
} else {
  const asked = process.argv.includes('--software');
  const found = asked ? NO_ADAPTER : benchWith(hardwareVulkan());
  process.exit(found === NO_ADAPTER ? benchWith(softwareVulkan(ensureChromium())) : found);
}
