import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS, ensureChromium } from './scripts/chromium.js';

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  // Two cores and no GPU: one page at a time, and minutes rather than seconds for a whole run of the method.
  workers: 1,
  // What fails on a busy machine is tried once more; the list then calls it flaky, which is to be looked into.
  retries: 1,
  timeout: 300_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    baseURL: process.env.UNPROMPTED_URL,
    viewport: { width: 1280, height: 800 },
    launchOptions: { executablePath: ensureChromium(), args: CHROMIUM_FLAGS },
    trace: 'retain-on-failure',
  },
  webServer: {
    command: 'node --import tsx scripts/start.ts --port 0',
    // The group's name becomes the environment variable, in capitals.
    wait: { stdout: /is at (?<unprompted_url>\S+)/ },
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 2000 },
  },
});
