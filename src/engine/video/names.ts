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
