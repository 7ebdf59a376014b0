// npm run check:slurm: deploy/slurm-array.sh on a real Slurm. Installs Debian's slurm-wlm and munge, starts a controller and two
// node daemons on this machine, submits an array over a few clips, kills a task on the way, submits again, and compares
// what comes out with a run without parts, byte by byte. Writes what it saw into bench/README.md.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ensureBuilt, root } from './build.ts';

const CLIPS = join(root, '../shared/data/clips');
const NAMES = ['mmaction2_part0.mp4', 't2vz_2fps_ballet.mp4', 'propainter_0.mp4', 't2vz_2fps_boat.mp4'];
const PARTS = 2;
const OPTIONS = [
  ...['--frames', '0:8', '--size', '96x192', '--samples', '4', '--device', 'wasm'],
  ...['--export', 'davis,coco,csv'],
];
const PORT = 26817;
/** Milliseconds that anything may take here. */
const TIMEOUT = 15 * 60_000;

const folder = mkdtempSync(join(tmpdir(), 'unprompted-slurm-'));
// munged wants a way to its socket for everybody.
chmodSync(folder, 0o755);
const at = (name: string) => join(folder, name);
const env = { ...process.env, SLURM_CONF: at('slurm.conf') };
const daemons: ChildProcess[] = [];

function fail(text: string): never {
  throw new Error(text);
}

const has = (tool: string) => spawnSync('which', [tool]).status === 0;

function install(): void {
  if (['munged', 'slurmctld', 'slurmd', 'sbatch'].every(has)) return;
  if (process.getuid?.() !== 0 || !has('apt-get'))
    fail('Slurm is not here and cannot be installed: that takes root and apt-get (slurm-wlm, munge).');
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  try {
    execFileSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'slurm-wlm', 'munge'], options);
  } catch (cause) {
    throw new Error('Slurm cannot be installed: apt-get install slurm-wlm munge failed.', { cause });
  }
}

function daemon(name: string, ...args: string[]): void {
  daemons.push(spawn(name, args, { env, stdio: 'ignore' }));
}

/** Ends the daemons and waits for them: each writes into the folder to its last moment. */
async function stopDaemons(): Promise<void> {
  for (const child of daemons.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  }
}

const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { env, encoding: 'utf8' }).trim();

async function until(what: string, done: () => boolean): Promise<void> {
  const started = Date.now();
  while (!done()) {
    if (Date.now() - started > TIMEOUT) fail(`Waited in vain for ${what}; see ${folder}.`);
    await pause(200);
  }
}

/** A controller and two nodes of one core each, all on this machine, with files and ports of their own. */
async function startSlurm(): Promise<void> {
  const host = hostname().split('.')[0];
  for (const name of ['state', 'spool-node1', 'spool-node2']) mkdirSync(at(name));
  writeFileSync(at('munge.key'), randomBytes(1024));
  chmodSync(at('munge.key'), 0o400);
  writeFileSync(
    at('slurm.conf'),
    [
      'ClusterName=check',
      `SlurmctldHost=${host}(127.0.0.1)`,
      `SlurmUser=${run('id', '-un')}`,
      `SlurmdUser=${run('id', '-un')}`,
      'AuthType=auth/munge',
      `AuthInfo=socket=${at('munge.socket')}`,
      'ProctrackType=proctrack/linuxproc',
      'TaskPlugin=task/none',
      'SelectType=select/cons_tres',
      'SelectTypeParameters=CR_CPU',
      'MpiDefault=none',
      'ReturnToService=2',
      `StateSaveLocation=${at('state')}`,
      `SlurmdSpoolDir=${at('spool-%n')}`,
      `SlurmctldPidFile=${at('slurmctld.pid')}`,
      `SlurmdPidFile=${at('slurmd-%n.pid')}`,
      `SlurmctldLogFile=${at('slurmctld.log')}`,
      `SlurmdLogFile=${at('slurmd-%n.log')}`,
      `SlurmctldPort=${PORT}`,
      `NodeName=node1 NodeHostname=${host} NodeAddr=127.0.0.1 Port=${PORT + 1} CPUs=1`,
      `NodeName=node2 NodeHostname=${host} NodeAddr=127.0.0.1 Port=${PORT + 2} CPUs=1`,
      'PartitionName=all Nodes=node1,node2 Default=YES State=UP',
      '',
    ].join('\n'),
  );
  const munge = ['key-file=munge.key', 'socket=munge.socket', 'pid-file=munge.pid', 'seed-file=munge.seed'];
  daemon(
    'munged',
    '--foreground',
    `--log-file=${at('munged.log')}`,
    ...munge.map((each) => `--${each.replace('=', `=${folder}/`)}`),
  );
  await until('munge', () => existsSync(at('munge.socket')));
  daemon('slurmctld', '-D');
  daemon('slurmd', '-D', '-N', 'node1');
  daemon('slurmd', '-D', '-N', 'node2');
  await until('two idle nodes', () => {
    const { stdout } = spawnSync('sinfo', ['-h', '-N', '-o', '%N %t'], { env, encoding: 'utf8' });
    return (
      stdout
        .trim()
        .split('\n')
        .filter((line) => line.endsWith(' idle')).length === 2
    );
  });
}

function submit(): string {
  const exported = `ALL,PARTS=${PARTS},LIST=${at('clips.txt')},OUT=${at('parts')},UNPROMPTED=${root}`;
  const array = [
    '--parsable',
    `--array=0-${PARTS - 1}`,
    `--export=${exported}`,
    `--output=${at('%A-%a.log')}`,
  ];
  return run('sbatch', ...array, join(root, 'deploy/slurm-array.sh'), ...OPTIONS);
}

/** Numbers of a job's tasks that are running or waiting. */
const tasksOf = (job: string) =>
  run('squeue', '-h', '-r', '-j', job, '-o', '%K %t')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ task: line.split(' ')[0] ?? '', running: line.endsWith(' R') }));

const isOver = (job: string) => () => {
  const { status, stdout } = spawnSync('squeue', ['-h', '-j', job], { env, encoding: 'utf8' });
  return status !== 0 || stdout.trim() === '';
};

const foldersIn = (name: string) =>
  existsSync(at(name))
    ? readdirSync(at(name), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : [];

function unprompted(...args: string[]) {
  const { status, stderr } = spawnSync('node', [join(root, 'cli/unprompted.js'), ...args], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

/** Every file below a folder that has to be equal; of run.json what does not depend on time and place. */
function contentsOf(name: string): Map<string, string> {
  const files = readdirSync(at(name), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.parentPath !== at(name),
  );
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path);
      const {
        seconds: _s,
        times: _t,
        memory: _m,
        out: _o,
        ...record
      } = entry.name === 'run.json' ? JSON.parse(bytes.toString()) : { whole: bytes.toString('base64') };
      return [path.slice(at(name).length), JSON.stringify(record)];
    }),
  );
}

/** Puts lines into bench/README.md between the marks. */
function report(lines: readonly string[]): void {
  const path = join(root, 'bench/README.md');
  const [start, end] = ['<!-- npm run check:slurm: start -->', '<!-- npm run check:slurm: end -->'];
  const text = readFileSync(path, 'utf8');
  if (!text.includes(start) || !text.includes(end)) fail('bench/README.md has no place for this.');
  const [before = ''] = text.split(start);
  const [, after = ''] = text.split(end);
  writeFileSync(path, `${before}${start}\n${lines.join('\n')}\n${end}${after}`);
}

async function main(): Promise<void> {
  if (!existsSync(CLIPS)) fail('The clips of ../shared/data/clips are not here.');
  const lines: string[] = [];
  const say = (text: string) => {
    console.log(text);
    lines.push(`- ${text}`);
  };
  install();
  await ensureBuilt(() => console.log('Building the app (once) …'));
  writeFileSync(at('clips.txt'), NAMES.map((name) => `${join(CLIPS, name)}\n`).join(''));
  say(
    `${new Date().toISOString().slice(0, 10)}, ${run('slurmctld', '-V')}, two nodes of one core on one machine; ${NAMES.length} clips, \`${OPTIONS.join(' ')}\``,
  );

  let began = Date.now();
  const plain = unprompted('segment', '--list', at('clips.txt'), '--out', at('plain'), ...OPTIONS);
  if (plain.status !== 0) fail(`The run without parts ended with ${plain.status}:\n${plain.stderr}`);
  say(`without parts, one engine: exit code 0 after ${seconds(began)} s`);

  await startSlurm();
  began = Date.now();
  const first = submit();
  const isWhole = (name: string) => !name.endsWith('.part');
  await until('a whole clip beside an unfinished one', () => {
    const names = foldersIn('parts').map(({ name }) => name);
    return names.some(isWhole) && names.some((name) => !isWhole(name));
  });
  const victim = tasksOf(first).find(({ running }) => running)?.task ?? fail('No task was left to kill.');
  run('scancel', '--full', '--signal=KILL', `${first}_${victim}`);
  await until('the rest of the first array', isOver(first));
  const [whole, unfinished] = [true, false].map(
    (wanted) => foldersIn('parts').filter(({ name }) => isWhole(name) === wanted).length,
  );
  say(
    `array 0-${PARTS - 1}, task ${victim} killed (KILL) in the middle of a clip: ${whole} clips whole, ${unfinished} unfinished`,
  );
  const half = unprompted('merge', at('parts'));
  if (half.status !== 1) fail(`merge of what is not whole ended with ${half.status}.`);
  say(
    `\`merge\`: exit code 1, ${half.stderr.split('\n').filter((line) => line.includes('missing')).length} clips named as missing`,
  );

  const second = submit();
  await until('the second array', isOver(second));
  const merged = unprompted('merge', at('parts'));
  if (merged.status !== 0) fail(`merge ended with ${merged.status}:\n${merged.stderr}`);
  say(`the same array again, and \`merge\`: exit code 0; both arrays took ${seconds(began)} s`);

  const [expected, found] = [contentsOf('plain'), contentsOf('parts')];
  const names = new Set([...expected.keys(), ...found.keys()]);
  const differing = [...names].filter((name) => expected.get(name) !== found.get(name));
  if (differing.length > 0)
    fail(`These differ from the run without parts: ${differing.join(', ')}; see ${folder}.`);
  say(`${names.size} files compared with the run without parts: all equal`);
  report(lines);
}

const seconds = (since: number) => Math.round((Date.now() - since) / 1000);

let ended = 1;
try {
  await main();
  ended = 0;
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
} finally {
  await stopDaemons();
  if (ended === 0) rmSync(folder, { recursive: true, force: true });
}
process.exit(ended);
