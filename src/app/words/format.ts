import { type Language, language } from './language.ts';

const AGO: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

const WORDS: Record<Language, Record<'now' | 'under' | 'hour' | 'million' | 'billion', string>> = {
  en: { now: 'just now', under: 'under 1 s', hour: 'h', million: 'million', billion: 'billion' },
  de: { now: 'gerade eben', under: 'unter 1 s', hour: 'Std.', million: 'Mio.', billion: 'Mrd.' },
};

/** Numbers as a language writes them. */
export function formatsOf(language: Language) {
  const words = WORDS[language];
  const ages = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });

  /** A number that was written in digits, with the language's own mark before its fraction. */
  const decimal = (digits: string): string => (language === 'de' ? digits.replace('.', ',') : digits);

  return {
    decimal,

    /** `0:03.250`, `1:02:03.000`. */
    timecode(seconds: number): string {
      const thousandths = Math.max(0, Math.round(seconds * 1000));
      const part = (value: number, digits: number) => String(value).padStart(digits, '0');
      const hours = Math.floor(thousandths / 3_600_000);
      const minutes = Math.floor(thousandths / 60_000) % 60;
      const rest = decimal(`${part(Math.floor(thousandths / 1000) % 60, 2)}.${part(thousandths % 1000, 3)}`);
      return hours > 0 ? `${hours}:${part(minutes, 2)}:${rest}` : `${minutes}:${rest}`;
    },

    /** Time a user waits, no finer than they can use: `under 1 s`, `14 s`, `3 min`, `3 min 20 s`, `1 h 5 min`. */
    wait(seconds: number): string {
      if (seconds < 1) return words.under;
      if (seconds < 60) return `${Math.round(seconds) === 60 ? '1 min' : `${Math.round(seconds)} s`}`;
      if (seconds < 600) {
        const tens = Math.round(seconds / 10) * 10;
        return tens % 60 === 0 ? `${tens / 60} min` : `${Math.floor(tens / 60)} min ${tens % 60} s`;
      }
      const minutes = Math.round(seconds / 60);
      if (minutes < 60) return `${minutes} min`;
      const hours = `${Math.floor(minutes / 60)} ${words.hour}`;
      return minutes % 60 === 0 ? hours : `${hours} ${minutes % 60} min`;
    },

    /** How long ago something was, in its largest unit: `3 hours ago`, `yesterday`, `just now`. */
    ago(seconds: number): string {
      const unit = AGO.find(([, length]) => seconds >= length);
      return unit ? ages.format(-Math.floor(seconds / unit[1]), unit[0]) : words.now;
    },

    /** Time a stage took: `0.32 s`, `14.1 s`, `125 s`. */
    duration: (seconds: number): string =>
      `${decimal(seconds < 10 ? seconds.toFixed(2) : seconds < 100 ? seconds.toFixed(1) : String(Math.round(seconds)))} s`,

    /** `512 B`, `12 kB`, `3.4 MB`, `310 MB`, `1.2 GB`: decimal units, as file managers show them. */
    bytes(count: number): string {
      const units = ['B', 'kB', 'MB', 'GB', 'TB'];
      const unit = Math.min(units.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
      const value = count / 1000 ** unit;
      return `${unit > 1 && value < 10 ? decimal(value.toFixed(1)) : Math.round(value)} ${units[unit]}`;
    },

    /** Share of pixels: `12 %`, `0.4 %`. */
    percent(share: number): string {
      const value = share * 100;
      if (value > 0 && value < 0.1) return `< ${decimal('0.1')} %`;
      return `${value < 1 ? decimal(value.toFixed(1)) : Math.round(value)} %`;
    },

    /** Whole numbers with thin spaces between thousands; large ones shortened: `1.4 million`. */
    count(value: number): string {
      if (value >= 1e9) return `${decimal((value / 1e9).toPrecision(3))} ${words.billion}`;
      if (value >= 1e6) return `${decimal((value / 1e6).toPrecision(3))} ${words.million}`;
      return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u2009');
    },

    /** `29.97`, `30`. */
    rate: (framesPerSecond: number): string => decimal(String(Number(framesPerSecond.toFixed(2)))),
  };
}

export type Formats = ReturnType<typeof formatsOf>;

/** In the language of this visit. */
export const formats = formatsOf(language);
export const { ago, bytes, count, duration, percent, rate, timecode, wait } = formats;
