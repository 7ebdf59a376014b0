import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_FLAGS, findChromium } from './scripts/chromium.js';

/** Cross-origin isolation, as the page has it. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['{src,cli,workers,scripts,bench}/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Tests that need a browser (WebCodecs, OPFS, ORT's WebGPU provider) are named *.browser.test.ts.
        server: { headers, fs: { allow: ['.', '../shared'] } },
        optimizeDeps: {
          exclude: ['onnxruntime-web'],
          // Found while tests run, these would reload the page under them.
          include: [
            '@bufbuild/protobuf',
            'onnx-buf',
            '@noble/hashes/sha2.js',
            '@noble/hashes/utils.js',
            '@zip.js/zip.js',
            'fflate',
            'gifenc',
          ],
        },
        test: {
          name: 'chromium',
          include: ['src/**/*.browser.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: findChromium() ?? undefined, args: CHROMIUM_FLAGS },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
