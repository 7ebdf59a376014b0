// npm test [check|unit|browser|e2e …] [-- arguments of that runner]: runs every suite, or those named.
import { spawnSync } from 'node:child_process';
import { ensureChromium, softwareVulkan } from './chromium.js';

const SUITES = {
  check: ['npm', ['run', '--silent', 'check']],
  unit: ['npx', ['vitest', 'run', '--project', 'node']],
  browser: ['npx', ['vitest', 'run', '--project', 'chromium']],
  e2e: ['npx', ['playwright', 'test']],
};

const names = process.argv.slice(2).filter((word) => word in SUITES);
const rest = process.argv.slice(2).filter((word) => !(word in SUITES));
const chromium = ensureChromium();
const env = { ...process.env, CHROMIUM_PATH: chromium, ...softwareVulkan(chromium) };

for (const name of names.length > 0 ? names : Object.keys(SUITES)) {
  const [command, args] = SUITES[name];
  console.log(`\n— ${name} —`);
  const { status } = spawnSync(command, [...args, ...rest], { stdio: 'inherit', env });
  if (status !== 0) {
    console.error(`${name} failed`);
    process.exit(status ?? 1);
  }
}
