/** Languages of the page; the first is the default. */
const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

const known = (tag: string): Language | undefined =>
  LANGUAGES.find((language) => language === tag.toLowerCase().split('-')[0]);

/** The language in the address (`?lang=de`), or else the first of the browser's that is available. */
export function languageOf(search: string, preferred: readonly string[]): Language {
  const asked = known(new URLSearchParams(search).get('lang') ?? '');
  return asked ?? preferred.map(known).find((language) => language !== undefined) ?? LANGUAGES[0];
}

/** Pages that are for programs alone say that they are not to be translated; without a page it is English. */
const translated = globalThis.document?.documentElement.translate ?? false;

/** The language of this visit. */
export const language: Language = translated
  ? languageOf(location.search, navigator.languages)
  : LANGUAGES[0];
