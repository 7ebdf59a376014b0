/** Texts of a language by code, each as it stands or from its figures. Codes that may be kept never change. */
export type Phrases = Readonly<Record<string, string | ((params: never) => string)>>;

/** A text of a table as plain data: it crosses between workers, can be kept, and is put into words where it is read. */
export type Phrase<T extends Phrases> = {
  [C in keyof T & string]: T[C] extends (params: infer P) => string
    ? { readonly code: C; readonly params: P }
    : { readonly code: C };
}[keyof T & string];

/** Words that are in no table: a browser's, a library's, an earlier version's. */
export interface Said {
  readonly says: string;
}

const isSaid = (words: object): words is Said => 'says' in words;

/** The same texts in another language: of the same codes, from the same figures. */
export type Translated<T extends Phrases> = {
  readonly [C in keyof T]: T[C] extends (params: infer P) => string ? (params: P) => string : string;
};

/** A phrase in the words of a table, whatever its language; what was said elsewhere stays as it is. */
export function inWords<T extends Phrases>(table: T, phrase: Phrase<T> | Said): string {
  if (isSaid(phrase)) return phrase.says;
  const { code, params = {} }: { code: string; params?: unknown } = phrase;
  const text = table[code];
  return typeof text === 'function' ? text(params as never) : String(text);
}
