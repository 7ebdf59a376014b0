/** An array of a known length. */
export type Tuple<T, N extends number, A extends T[] = []> = A['length'] extends N
  ? A
  : Tuple<T, N, [...A, T]>;

interface Numbers extends ArrayLike<number> {
  set(values: ArrayLike<number>, offset: number): void;
}

/** All parts after each other in one new array: `joined(Float32Array, parts)`. */
export function joined<T extends Numbers>(
  type: new (length: number) => T,
  parts: readonly ArrayLike<number>[],
): T {
  const all = new type(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
