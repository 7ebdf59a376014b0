// npm test [suite …] [arguments of that suite's runner]: runs every suite, or those named, and counts.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureChromium, softwareVulkan } from './chromium.js';

const root = join(import.meta.dirname, '..');
const results = join(root, 'test-results');
const resultOf = (name) => join(results, `${name}.json`);

const vitest = (name, project) => ({
  command: ['vitest', 'run', '--project', project, '--reporter=default', '--reporter=json'],
  options: [`--outputFile.json=${resultOf(name)}`],
  count: ({ testResults }) => {
    const isCut = ({ assertionResults }) => assertionResults.some(({ status }) => status === 'pending');
    const ended = testResults.filter((file) => !isCut(file));
    const as = (wanted) =>
      ended.flatMap((file) => file.assertionResults).filter(({ status }) => status === wanted).length;
    return {
      passed: as('passed'),
      failed: as('failed'),
      skipped: as('skipped'),
      failures: ended.flatMap(failedIn),
      cut: testResults.filter(isCut).map((file) => relative(root, file.name)),
    };
  },
});

/** Vitest's tests of one file that failed, and the file itself where it ended badly before or beside them. */
const failedIn = ({ name, status, message, assertionResults }) => {
  const file = relative(root, name);
  const failed = assertionResults
    .filter((test) => test.status === 'failed')
    .map(({ fullName, failureMessages }) => `${file}: ${fullName}: ${firstLine(failureMessages[0])}`);
  return status === 'failed' && failed.length === 0 ? [`${file}: ${firstLine(message)}`] : failed;
};

const firstLine = (text = '') => text.split('\n')[0];

/** Playwright's tests of a status, by file and title: `flaky` failed at first and passed when tried again. */
const endedAs = (wanted, { specs, suites = [] }) => [
  ...specs
    .filter(({ tests }) => tests.some(({ status }) => status === wanted))
    .map(({ file, title }) => `${file}: ${title}`),
  ...suites.flatMap((suite) => endedAs(wanted, suite)),
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
    count: ({ stats, suites }) => ({
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected,
      skipped: stats.skipped,
      failures: suites.flatMap((suite) => endedAs('unexpected', suite)),
      flaky: suites.flatMap((suite) => endedAs('flaky', suite)),
    }),
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

/**
 * Runs one suite and counts. Files that were cut off because their process died, as software drivers of a GPU sometimes make it,
 * are run once more and listed as flaky. A runner that ends badly without a failed test counts as one that failed.
 */
function run(name, again = null) {
  const { command, options = [], env: more = {}, count } = SUITES[name];
  const [tool, ...args] = command;
  // Beside others, what runs no tests takes no names of them.
  const own = again ?? (count || names.length === 1 ? rest : []);
  console.log(`\n— ${again ? `${name}, again` : name} —`);
  rmSync(resultOf(name), { force: true });
  const { status, signal, error } = spawnSync(
    join(root, 'node_modules/.bin', tool),
    [...args, ...options, ...own],
    { cwd: root, stdio: 'inherit', env: { ...env, ...more } },
  );
  const outcome = count ? counted(name, count) : { passed: status === 0 ? 1 : 0, failed: 0, skipped: 0 };
  if (status === 0 || outcome.failed > 0) return outcome;
  const { cut = [], failures = [] } = outcome;
  if (cut.length > 0 && failures.length === 0 && !again) {
    const second = run(name, cut);
    const sum = (key) => outcome[key] + second[key];
    return {
      ...second,
      passed: sum('passed'),
      failed: sum('failed'),
      skipped: sum('skipped'),
      flaky: second.failed > 0 ? [] : cut,
    };
  }
  const ending = error?.message ?? `the runner ended with ${signal ?? `exit code ${status}`}`;
  return { ...outcome, failed: 1, failures: [...failures, ...cut, `${name}: ${ending}`] };
}

function counted(name, count) {
  try {
    return count(JSON.parse(readFileSync(resultOf(name), 'utf8')));
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, failures: [`${name} left no result: ${error.message}`] };
  }
}

const rows = names.map((name) => {
  const started = Date.now();
  return { name, ...run(name), seconds: Math.round((Date.now() - started) / 1000) };
});
const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);

console.log('');
for (const { name, passed, failed, skipped, seconds } of rows) {
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds} s)`);
}
const listed = (heading, key) => {
  const found = rows.flatMap((row) => row[key] ?? []);
  if (found.length > 0) console.log([heading, ...found].join('\n  '));
};
listed('Passed only when tried again:', 'flaky');
listed('Failed:', 'failures');
console.log(`${total('passed')} passed, ${total('failed')} failed`);
process.exit(total('failed') === 0 ? 0 : 1);
