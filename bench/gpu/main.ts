import { checkAccuracy } from './accuracy.ts';
import { createClock } from './clock.ts';
import { benchClustering } from './clustering.ts';
import { nvidiaCard, openDevice } from './device.ts';
import { peakOf } from './peaks.ts';
import { benchFlow, benchMasks } from './pictures.ts';
import { benchProducts } from './products.ts';
import { type Bench, Table } from './table.ts';
import { benchVit } from './vit.ts';

const print = (line: string) => console.log(line);

/** What run.js takes for “there is no adapter here”. */
const NO_ADAPTER = 3;

const GROUPS: readonly (readonly [name: string, run: (bench: Bench) => Promise<void>])[] = [
  ['products', benchProducts],
  ['clustering', benchClustering],
  ['flow', benchFlow],
  ['masks', benchMasks],
  ['vit', benchVit],
];

/** Runs work on a device of its own, so that one that is lost takes no other rows with it. */
async function onDevice(table: Table, name: string, run: (bench: Bench) => Promise<void>): Promise<void> {
  await table.attempt(name, async () => {
    const opened = await openDevice();
    if (!opened) throw new Error('there is no adapter any more');
    await run({ ...opened, clock: createClock(opened.device), table });
    opened.device.destroy();
  });
}

async function bench(): Promise<number> {
  const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
  const groups = [...GROUPS.map(([name]) => name), 'accuracy'];
  const unknown = asked.filter((word) => !groups.includes(word));
  if (unknown.length > 0) {
    console.error(`There is no group ${unknown.join(', ')}. Groups: ${groups.join(', ')}.`);
    return 2;
  }
  const opened = await openDevice();
  if (!opened) return NO_ADAPTER;
  const { device, software } = opened;
  const { vendor, architecture, device: card, description } = device.adapterInfo;
  const listed = nvidiaCard();
  const peak = software
    ? null
    : (peakOf(card) ?? peakOf(description) ?? (vendor === 'nvidia' && listed ? peakOf(listed) : null));
  const named = [vendor, architecture, card, description].filter(Boolean).join(', ');
  if (software) {
    const missing = listed
      ? `nvidia-smi lists ${listed}, but Vulkan has no driver for it`
      : 'There is no GPU here';
    const why = process.argv.includes('--software') ? 'No GPU was asked for' : missing;
    print(`${why}: this is a software renderer (${named}), whose times say nothing about any GPU.`);
  } else print(`GPU: ${named}${listed ? `; nvidia-smi: ${listed}` : ''}.`);
  const known = peak ? `${peak.teraflops} TFLOP/s in 32 bits, ${peak.memory} GB/s` : 'unknown';
  const features = ['shader-f16', 'timestamp-query'].map(
    (feature) => `${feature}: ${device.features.has(feature as GPUFeatureName) ? 'yes' : 'no'}`,
  );
  print(
    `Peak: ${known}. ${features.join(', ')}. ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}.`,
  );
  print('');
  device.destroy();

  const table = new Table(peak, print);
  table.begin();
  const wanted = (name: string) => asked.length === 0 || asked.includes(name);
  for (const [name, run] of GROUPS) if (wanted(name)) await onDevice(table, name, run);
  print('');
  if (wanted('accuracy')) await onDevice(table, 'accuracy', (own) => checkAccuracy(own, print));
  return table.failures > 0 ? 1 : 0;
}

process.exit(await bench());
