/** Which frame a file is of, by the names of all files that lie beside it. */

/** A file's name without folders and ending. */
const stemOf = (path: string) => path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');

interface NumberIn {
  /** Without leading zeros; kept as text, since time stamps outgrow numbers. */
  value: string;
  /** Whether it is a size or a rate, as in 480p, 1920x1080 and 25fps. */
  measure: boolean;
}

function numbersIn(stem: string): NumberIn[] {
  return [...stem.matchAll(/\d+/g)].map(({ 0: digits, index }) => {
    const [before, after] = [stem.slice(0, index), stem.slice(index + digits.length)];
    const measure = /^(?:p|px|fps|hz)(?![a-z])/i.test(after) || /^x\d/i.test(after) || /\dx$/i.test(before);
    return { value: digits.replace(/^0+(?=\d)/, ''), measure };
  });
}

/** What is left of names without what they all begin and end with, word by word. */
function ownWords(stems: readonly string[]): string[] {
  if (stems.length < 2) return [...stems];
  const words = stems.map((stem) => stem.split(/(?<=[_\-. ])|(?=[_\-. ])/));
  const least = Math.min(...words.map(({ length }) => length));
  const shared = (at: (list: string[]) => string | undefined) =>
    words.every((list) => at(list) === at(words[0]!));
  let front = 0;
  while (front < least - 1 && shared((list) => list[front])) front++;
  let back = 0;
  while (back < least - 1 - front && shared((list) => list.at(-1 - back))) back++;
  return words.map((list) => list.slice(front, list.length - back).join(''));
}

/** Columns of numbers in names that have equally many: the one that numbers the frames comes first. */
function columnsOf(rows: readonly NumberIn[][]): string[][] {
  const columns = rows[0]!.map((_, place) => {
    const values = rows.map((row) => row[place]!.value);
    const numbers = values.map(Number);
    const span =
      numbers.reduce((a, b) => Math.max(a, b), 0) - numbers.reduce((a, b) => Math.min(a, b), Infinity);
    return { place, values, different: new Set(values).size, measure: rows[0]![place]!.measure, span };
  });
  columns.sort(
    (a, b) =>
      b.different - a.different ||
      Number(a.measure) - Number(b.measure) ||
      // Frames are counted; time stamps and hashes beside them leap.
      a.span - b.span ||
      b.place - a.place,
  );
  return columns.map(({ values }) => values);
}

/**
 * A key for the frame of every file of one folder: of the numbers in its name the one that differs from file to file
 * (`frame_0003_mask_480p.png`: 3), without leading zeros; where there is none, the words that differ.
 */
export function frameKeys(paths: readonly string[]): string[] {
  const keys = new Array<string>(paths.length);
  const stems = paths.map(stemOf);
  const rows = stems.map(numbersIn);
  for (const count of new Set(rows.map(({ length }) => length))) {
    const places = [...rows.keys()].filter((place) => rows[place]!.length === count);
    const found =
      count === 0
        ? ownWords(places.map((place) => stems[place]!))
        : columnsOf(places.map((place) => rows[place]!))[0]!;
    for (const [i, place] of places.entries()) keys[place] = found[i]!;
  }
  return keys;
}

/** Every way to tell the files of one folder apart, the likeliest first. */
function keyings(paths: readonly string[]): string[][] {
  const stems = paths.map(stemOf);
  const rows = stems.map(numbersIn);
  const even = rows.length > 0 && rows.every(({ length }) => length === rows[0]!.length);
  const all = [frameKeys(paths), ...(even ? columnsOf(rows) : []), ownWords(stems), stems];
  return all.filter((keys) => new Set(keys).size === keys.length);
}

/**
 * For each wanted file the place of the given one that is of the same frame, by their names, whichever program wrote
 * them; null where some have none.
 */
export function matchFrames(wanted: readonly string[], given: readonly string[]): number[] | null {
  const other = keyings(given).map((keys) => new Map(keys.map((key, place) => [key, place])));
  for (const keys of keyings(wanted)) {
    for (const places of other) {
      const found = keys.map((key) => places.get(key));
      if (found.every((place) => place !== undefined)) return found;
    }
  }
  return null;
}
