// Finds a Chromium, and where asked to and able to, installs one. Used by the tests and by the command line.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const ELSEWHERE = [
  '/usr/lib/chromium/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

function runnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of a Chromium: $CHROMIUM_PATH, then one on PATH, then the usual places; null when there is none. */
export function findChromium() {
  const asked = process.env.CHROMIUM_PATH;
  if (asked) {
    if (!runnable(asked)) throw new Error(`CHROMIUM_PATH is ${asked}, but nothing runnable is there.`);
    return asked;
  }
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...onPath, ...ELSEWHERE].find((path) => runnable(path)) ?? null;
}

/** Like findChromium, but installs Debian's package when run as root with apt; otherwise says what to do. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  const root = process.getuid?.() === 0;
  const apt = root && spawnSync('apt-get', ['--version']).status === 0;
  if (apt) {
    console.error('No Chromium found: installing Debian’s package (apt-get install chromium) …');
    const options = {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    execFileSync('apt-get', ['update'], options);
    execFileSync(
      'apt-get',
      ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
      options,
    );
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error(
    'No Chromium was found. Install Chromium or Chrome (Debian: apt-get install chromium), or set CHROMIUM_PATH to one.',
  );
}

/**
 * Environment in which Dawn in Node finds the software Vulkan that ships with Chromium. Empty where there is none:
 * Dawn then uses the machine's own driver. Has to be set before the process starts (the loader reads it once).
 */
export function softwareVulkan(chromium) {
  const folders = [dirname(chromium), '/usr/lib/chromium', '/usr/lib/chromium-browser'];
  const home = folders.find((folder) => existsSync(join(folder, 'vk_swiftshader_icd.json')));
  if (!home) return {};
  return {
    VK_DRIVER_FILES: join(home, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: [home, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter),
  };
}

/** Flags for a headless Chromium that has WebGPU (in software where there is no GPU) and keeps to itself. */
export const CHROMIUM_FLAGS = [
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan,SharedArrayBuffer',
  '--ignore-gpu-blocklist',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/**
 * What a headless Chromium on Linux needs besides, to offer the machine's GPU: by default it draws in software, and
 * then has WebGPU in software alone. Without a GPU's Vulkan driver it does not start with these.
 */
export const GPU_FLAGS = ['--use-angle=vulkan', '--disable-vulkan-surface'];
