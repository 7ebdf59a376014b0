// npm test [suite …] [arguments of that suite's runner]: runs every suite, or those named, and counts.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium, softwareVulkan } from './chromium.js';

const root = join(import.meta.dirname, '..');
const results = join(root, 'test-results');
const resultOf = (name) => join(results, `${name}.json`);

const vitest = (name, project) => ({
  command: ['vitest', 'run', '--project', project, '--reporter=default', '--reporter=json'],
  options: [`--outputFile.json=${resultOf(name)}`],
  count: ({ numPassedTests, numFailedTests, numPendingTests }) => [
    numPassedTests,
    numFailedTests,
    numPendingTests,
  ],
});

/** Playwright's tests that failed at first and passed when they were tried again, by file and title. */
const flakyIn = ({ specs, suites = [] }) => [
  ...specs
    .filter(({ tests }) => tests.some(({ status }) => status === 'flaky'))
    .map(({ file, title }) => `${file}: ${title}`),
  ...suites.flatMap((suite) => flakyIn(suite)),
];

/** Each is run by a tool of node_modules/.bin; one without `count` passes or fails as a whole and counts as one. */
const SUITES = {
  types: { command: ['tsc'] },
  lint: { command: ['biome', 'check', '.'] },
  'dead-code': { command: ['knip'] },
  layers: { command: ['tsx', 'scripts/layers.ts'] },
  unit: vitest('unit', 'node'),
  browser: vitest('browser', 'chromium'),
  build: { command: ['vite', 'build', '--logLevel', 'warn'] },
  size: { command: ['size-limit'] },
  e2e: {
    command: ['playwright', 'test', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: resultOf('e2e') },
    count: ({ stats, suites }) => [
      stats.expected + stats.flaky,
      stats.unexpected,
      stats.skipped,
      suites.flatMap((suite) => flakyIn(suite)),
    ],
  },
};

const GROUPS = {
  check: ['types', 'lint', 'dead-code', 'layers'],
  ...Object.fromEntries(Object.keys(SUITES).map((n) => [n, [n]])),
};

const words = process.argv.slice(2);
const named = words.filter((word) => word in GROUPS).flatMap((word) => GROUPS[word]);
const rest = words.filter((word) => !(word in GROUPS));
const names = named.length > 0 ? named : Object.keys(SUITES);

const chromium = ensureChromium();
const env = { ...process.env, CHROMIUM_PATH: chromium, ...softwareVulkan(chromium) };
mkdirSync(results, { recursive: true });

/** Runs one suite: [passed, failed, skipped, names of flaky ones]. A runner that ends badly without a failed test counts as one. */
function run(name) {
  const { command, options = [], env: more = {}, count } = SUITES[name];
  const [tool, ...args] = command;
  // Beside others, what runs no tests takes no names of them.
  const own = count || names.length === 1 ? rest : [];
  console.log(`\n— ${name} —`);
  rmSync(resultOf(name), { force: true });
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', tool), [...args, ...options, ...own], {
    cwd: root,
    stdio: 'inherit',
    env: { ...env, ...more },
  });
  if (error) console.error(error.message);
  if (!count) return status === 0 ? [1, 0, 0] : [0, 1, 0];
  const [passed, failed, ...others] = counted(name, count);
  return [passed, status === 0 ? failed : Math.max(1, failed), ...others];
}

function counted(name, count) {
  try {
    return count(JSON.parse(readFileSync(resultOf(name), 'utf8')));
  } catch (error) {
    console.error(`${name} left no result: ${error.message}`);
    return [0, 1, 0];
  }
}

const rows = names.map((name) => {
  const started = Date.now();
  const [passed, failed, skipped, flaky = []] = run(name);
  return { name, passed, failed, skipped, flaky, seconds: Math.round((Date.now() - started) / 1000) };
});
const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);

console.log('');
for (const { name, passed, failed, skipped, seconds } of rows) {
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds} s)`);
}
const flaky = rows.flatMap((row) => row.flaky);
if (flaky.length > 0) console.log(`${flaky.length} of these passed only when tried again:`);
for (const name of flaky) console.log(`  ${name}`);
console.log(`${total('passed')} passed, ${total('failed')} failed`);
process.exit(total('failed') === 0 ? 0 : 1);
