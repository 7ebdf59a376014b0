import { readFileSync } from 'node:fs';
import { labelLogits, meanField } from '../src/engine/mask/meanfield.ts';
import { bilateralGrid } from '../src/engine/mask/bilateral.ts';
const now = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const rd = (f: string) => { const b = readFileSync(`/tmp/netlab/${f}`); return b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength) as ArrayBuffer; };
const m = new Float32Array(rd('m.bin'));
for (const [f, width, height, ref] of [['small.rgba', 384, 192, 'smallmask.bin'], ['big.rgba', 854, 480, 'bigmask.bin']] as const) {
  const guide = { width, height, data: new Uint8ClampedArray(rd(f)) };
  const L = labelLogits([m]);
  let grid = bilateralGrid(guide), labels = meanField(guide, L, { rows: 24, columns: 48 });
  const tg: number[] = [], tm: number[] = [];
  for (let i = 0; i < (Number(process.env.N) || 25); i++) {
    let t = now(); grid = bilateralGrid(guide); tg.push(now() - t);
    t = now(); labels = meanField(guide, L, { rows: 24, columns: 48 }, grid); tm.push(now() - t);
  }
  const r = new Uint8Array(rd(ref)); let a = 0, b = 0; labels.forEach((l, i) => { if (l && r[i]) a++; if (l || r[i]) b++; });
  const med = (x: number[]) => x.toSorted((p, q) => p - q)[x.length >> 1]!.toFixed(1);
  console.log(f, 'cells', grid.cells, 'working', grid.working, 'grid ms', med(tg), 'field ms', med(tm), 'min', Math.min(...tg).toFixed(1), Math.min(...tm).toFixed(1), 'IoU with reference', (a / b).toFixed(4));
}
