import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { findChromium } from './chromium.js';

/** Where a Vulkan loader looks for drivers, and where containers that were lent a GPU have NVIDIA's. */
const USUAL = ['/etc/vulkan/icd.d/nvidia_icd.json', '/usr/share/vulkan/icd.d/nvidia_icd.json'];
const ELSEWHERE = ['/usr/local/nvidia'];

/** Whether the system has Vulkan's loader. */
function hasLoader() {
  const { stdout } = spawnSync('ldconfig', ['-p'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: [process.env.PATH, '/sbin', '/usr/sbin'].join(delimiter) },
  });
  return (stdout ?? '').includes('libvulkan.so.1');
}

/**
 * Environment in which Dawn in Node finds the machine's GPU: with the loader that comes with a Chromium where the system has
 * none, and NVIDIA's driver where it lies in an unusual place. Has to be set before the process starts.
 */
export function hardwareVulkan() {
  const libraries = [process.env.LD_LIBRARY_PATH];
  if (!hasLoader()) {
    const chromium = findChromium();
    const folders = chromium ? [dirname(chromium), '/usr/lib/chromium', '/usr/lib/chromium-browser'] : [];
    const folder = folders.find((one) => existsSync(join(one, 'libvulkan.so.1')));
    if (folder) libraries.push(folder);
    else
      console.error(
        'There is no Vulkan loader (libvulkan.so.1): without one no GPU is found. Debian: libvulkan1.',
      );
  }
  const home = ELSEWHERE.find((folder) => existsSync(join(folder, 'share/vulkan/icd.d/nvidia_icd.json')));
  const drivers = home && !process.env.VK_DRIVER_FILES && !USUAL.some((path) => existsSync(path));
  if (drivers) libraries.push(join(home, 'lib64'));
  const path = libraries.filter(Boolean).join(delimiter);
  return {
    ...(path ? { LD_LIBRARY_PATH: path } : {}),
    ...(drivers ? { VK_DRIVER_FILES: join(home, 'share/vulkan/icd.d/nvidia_icd.json') } : {}),
  };
}
