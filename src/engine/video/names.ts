/** Files that file managers leave in folders: hidden ones (a Mac's `._` twins among them) and Windows' own. */
export function isLitter(name: string): boolean {
  return name.startsWith('.') || ['thumbs.db', 'desktop.ini', 'ehthumbs.db'].includes(name.toLowerCase());
}

/** Compares names with numbers by their value: frame2 before frame10. The same everywhere, whatever the user's locale. */
export const natural: (a: string, b: string) => number = new Intl.Collator('en', { numeric: true }).compare;

/** By folder and name. */
export function inNaturalOrder(files: readonly File[]): File[] {
  const path = (file: File) => file.webkitRelativePath || file.name;
  return [...files].sort((a, b) => natural(path(a), path(b)));
}

const VIDEO = /\.(mp4|m4v|mov|qt|3gp|3g2|mkv|webm|avi|wmv|asf|flv|og[gv]|mpe?g|mpegts|ts|mts|m2ts|gif)$/i;
/** Whether a file is a clip by itself, by its name, also one that no browser decodes: opening it reports that. */
export const isVideoName = (name: string): boolean => VIDEO.test(name);

/** Whether a file may be an animated picture, by its name, and may as well be a frame of a clip. */
export const mayBeAnimated = (name: string): boolean => /\.(webp|apng)$/i.test(name);

/** Whether a file can be a mask, by its name. */
export const isMaskName = (name: string): boolean => /\.(png|ppm|pgm|bmp)$/i.test(name);
