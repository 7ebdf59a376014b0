/** Kinds of values that settings have: how one is checked and read from text. */
import * as v from 'valibot';

export interface Kind<T> {
  schema: v.GenericSchema<unknown, T>;
  /** What a value has to be; follows "it has to be". */
  wants: string;
  /** What typed text has to look like; follows "it has to be". */
  form: string;
  /** The value that text stands for, its bounds unchecked; undefined where it is none of this kind. */
  read(text: string): T | undefined;
}

/** One of a few. */
export interface Choice<T extends string> extends Kind<T> {
  choices: readonly T[];
}

interface Bounds {
  least?: number;
  /** Not with this one. */
  above?: number;
  most?: number;
}

/** No count is larger: what claims more is broken, or means harm. */
export const MOST_WHOLE = 2 ** 31 - 1;

const within = ({ least, above, most }: Bounds) =>
  v.check(
    (value: number) =>
      value >= (least ?? -Infinity) && value > (above ?? -Infinity) && value <= (most ?? Infinity),
  );

function readNumber(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

export const real = (wants: string, bounds: Bounds): Kind<number> => ({
  schema: v.pipe(v.number(), v.finite(), within(bounds)),
  wants,
  form: 'a number',
  read: readNumber,
});

export const whole = (wants: string, bounds: Bounds): Kind<number> => ({
  ...real(wants, bounds),
  schema: v.pipe(v.number(), v.integer(), within({ most: MOST_WHOLE, ...bounds })),
  form: 'a whole number',
  read(text) {
    const value = readNumber(text);
    return Number.isInteger(value) ? value : undefined;
  },
});

export function oneOf<const T extends string>(choices: readonly T[]): Choice<T> {
  const wants = `one of ${choices.join(', ')}`;
  return {
    schema: v.picklist(choices),
    wants,
    form: wants,
    read: (text) => choices.find((choice) => choice === text),
    choices,
  };
}

/** A kind, or null. */
export const orNull = <T>(kind: Kind<T>): Kind<T | null> => ({ ...kind, schema: v.nullable(kind.schema) });

export const text = (wants: string): Kind<string> => ({
  schema: v.pipe(v.string(), v.maxLength(1000)),
  wants,
  form: wants,
  read: (typed) => typed,
});

/** No Vision Transformer has more attention heads. */
const MOST_HEADS = 256;

/** One number above 0 for all attention heads, or one per head. */
export function perHead(): Kind<number | readonly number[]> {
  const one = v.pipe(v.number(), v.finite(), v.gtValue(0));
  const each = v.pipe(v.array(one), v.minLength(1), v.maxLength(MOST_HEADS), v.readonly());
  return {
    schema: v.union([one, each]),
    wants: 'a number above 0, or one per head',
    form: 'a number, or one per head: 2,2,1',
    read(typed) {
      if (!/^[\d.]+(,[\d.]+)*$/.test(typed)) return undefined;
      const values = typed.split(',').map(Number);
      return values.length === 1 ? values[0] : values;
    },
  };
}
