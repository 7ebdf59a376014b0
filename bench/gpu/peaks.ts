/** What a card can do at most, by its maker's data sheet: 32-bit products and sums outside of tensor cores, and its memory. */
export interface Peak {
  teraflops: number;
  /** GB/s. */
  memory: number;
}

/** The first that a card's name has in it counts, so longer names come before the shorter ones within them. */
const PEAKS: readonly (readonly [name: string, teraflops: number, memory: number])[] = [
  ['h200 nvl', 60, 4800],
  ['h200', 66.9, 4800],
  ['h100 nvl', 60, 3900],
  ['h100 pcie', 51.2, 2000],
  ['h100', 66.9, 3350],
  ['a100 80gb pcie', 19.5, 1935],
  ['a100 sxm4 80gb', 19.5, 2039],
  ['a100', 19.5, 1555],
  ['v100 pcie', 14, 900],
  ['v100 sxm2', 15.7, 900],
  ['rtx 6000 ada', 91.1, 960],
  ['rtx a6000', 38.7, 768],
  ['rtx 5090', 104.8, 1792],
  ['rtx 4090', 82.6, 1008],
  ['rtx 4080 super', 52.2, 736],
  ['rtx 4080', 48.7, 717],
  ['rtx 3090 ti', 40, 1008],
  ['rtx 3090', 35.6, 936],
  ['l40s', 91.6, 864],
  ['l40', 90.5, 864],
  ['l4', 30.3, 300],
  ['a40', 37.4, 696],
  ['a10g', 31.5, 600],
  ['a10', 31.2, 600],
  ['t4', 8.1, 320],
];

/** The peak of the card of this name, as its driver spells it; null for one that is not in the table, laptops' among them. */
export function peakOf(name: string): Peak | null {
  const words = ` ${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()} `;
  if (/ (laptop|mobile|max q) /.test(words)) return null;
  const found = PEAKS.find(([card]) => words.includes(` ${card} `));
  return found ? { teraflops: found[1], memory: found[2] } : null;
}
