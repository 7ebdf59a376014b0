/** `0:03.250`, `1:02:03.000`. */
export function timecode(seconds: number): string {
  const thousandths = Math.max(0, Math.round(seconds * 1000));
  const part = (value: number, digits: number) => String(value).padStart(digits, '0');
  const hours = Math.floor(thousandths / 3_600_000);
  const minutes = Math.floor(thousandths / 60_000) % 60;
  const rest = `${part(Math.floor(thousandths / 1000) % 60, 2)}.${part(thousandths % 1000, 3)}`;
  return hours > 0 ? `${hours}:${part(minutes, 2)}:${rest}` : `${minutes}:${rest}`;
}

/** Time a person waits, no finer than they can use: `under 1 s`, `14 s`, `3 min`, `3 min 20 s`, `1 h 5 min`. */
export function wait(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  if (seconds < 60) return `${Math.round(seconds) === 60 ? '1 min' : `${Math.round(seconds)} s`}`;
  if (seconds < 600) {
    const tens = Math.round(seconds / 10) * 10;
    return tens % 60 === 0 ? `${tens / 60} min` : `${Math.floor(tens / 60)} min ${tens % 60} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const AGO: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago something was, in its largest unit: `3 hours ago`, `yesterday`, `just now`. */
export function ago(seconds: number): string {
  const unit = AGO.find(([, length]) => seconds >= length);
  if (!unit) return 'just now';
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(
    -Math.floor(seconds / unit[1]),
    unit[0],
  );
}

/** Time a stage took: `0.32 s`, `14.1 s`, `125 s`. */
export const duration = (seconds: number): string =>
  `${seconds < 10 ? seconds.toFixed(2) : seconds < 100 ? seconds.toFixed(1) : Math.round(seconds)} s`;

/** `512 B`, `12 kB`, `3.4 MB`, `310 MB`, `1.2 GB`: decimal units, as file managers show them. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** unit;
  return `${unit > 1 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Share of pixels: `12 %`, `0.4 %`. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '< 0.1 %';
  return `${value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}

/** Whole numbers with thin spaces between thousands; large ones shortened: `1.4 million`. */
export function count(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toPrecision(3)} billion`;
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} million`;
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** τ with as many digits as its slider can set. */
export const tau = (value: number): string => value.toFixed(value < 1 ? 3 : 2);

/** `29.97`, `30`. */
export const rate = (framesPerSecond: number): string => String(Number(framesPerSecond.toFixed(2)));
