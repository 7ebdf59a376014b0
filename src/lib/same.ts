/**
 * Whether two values of plain data and typed arrays hold the same, whatever the order of their keys. A key that holds
 * nothing is as good as none.
 */
export function sameData(a: unknown, b: unknown): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isList(a) || isList(b))
    return isList(a) && isList(b) && a.length === b.length && everyOf(a, (value, i) => sameData(value, b[i]));
  const [ofA, ofB] = [entriesOf(a), new Map(entriesOf(b))];
  return ofA.length === ofB.size && ofA.every(([key, value]) => sameData(value, ofB.get(key)));
}

const entriesOf = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, each]) => each !== undefined);

const isList = (value: object): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);

const everyOf = (list: ArrayLike<unknown>, test: (value: unknown, i: number) => boolean): boolean =>
  Array.prototype.every.call(list, test);
