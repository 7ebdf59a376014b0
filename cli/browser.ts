import { readdirSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';
import { CHROMIUM_FLAGS, ensureChromium, GPU_FLAGS } from '../scripts/chromium.js';
import { hardwareVulkan } from '../scripts/vulkan.js';
import { isSoftware } from '../src/engine/backend/webgpu/runtime/device.ts';
import { within } from '../src/lib/task.ts';
import { failure } from './errors.ts';

/** Milliseconds a browser gets to report its adapter: with a broken driver it may never answer. */
const TIMEOUT = 10_000;

/** A headless Chromium, with the machine's GPU where it has one that works. Throws `cli/no-browser`. */
export async function launch(): Promise<Browser> {
  try {
    const executablePath = ensureChromium();
    return (await launchOnGpu(executablePath)) ?? (await start(executablePath, CHROMIUM_FLAGS));
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message.split('\n')[0]! : String(thrown);
    throw failure('cli/no-browser', { detail }, { cause: thrown });
  }
}

const start = (executablePath: string, args: string[], env: Record<string, string> = {}): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args,
    env: { ...process.env, ...env } as Record<string, string>,
    handleSIGINT: false,
    handleSIGTERM: false,
  });

/** Null where there is no GPU, or the browser does not start with it. */
async function launchOnGpu(executablePath: string): Promise<Browser | null> {
  if (process.platform !== 'linux' || !hasGpuNode()) return null;
  const browser = await start(executablePath, [...CHROMIUM_FLAGS, ...GPU_FLAGS], hardwareVulkan()).catch(
    () => null,
  );
  if (!browser) return null;
  if (await offersGpu(browser).catch(() => false)) return browser;
  await browser.close();
  return null;
}

/** Whether the system names a GPU: a card of NVIDIA's, or one that Mesa knows. */
function hasGpuNode(): boolean {
  const names = (folder: string): string[] => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  return names('/dev').some((name) => /^nvidia\d/.test(name)) || names('/dev/dri').length > 0;
}

/** Whether a page gets an adapter that is no software renderer. */
async function offersGpu(browser: Browser): Promise<boolean> {
  const page = await browser.newPage();
  try {
    // WebGPU needs a secure origin, such as localhost; nothing is served there.
    await page.route('**', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await page.goto('http://localhost/');
    const asked = page.evaluate(async () => {
      const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
      if (!adapter) return null;
      const { isFallbackAdapter, description, architecture } = adapter.info;
      return { isFallbackAdapter, description, architecture };
    });
    const info = await within(TIMEOUT, asked);
    return info !== null && !isSoftware(info);
  } finally {
    await page.close();
  }
}
