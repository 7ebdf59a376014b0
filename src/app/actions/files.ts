/** Asks for files with the system's dialog. */
export function chooseFiles(
  options: { accept?: string; multiple: boolean },
  use: (files: File[]) => void,
): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = options.multiple;
  if (options.accept) input.accept = options.accept;
  input.addEventListener('change', () => {
    if (input.files && input.files.length > 0) use([...input.files]);
  });
  input.click();
}

/** Until a browser has surely taken the file over. */
const TAKEN_OVER = 60_000;

/** Hands a file to the browser's downloads. */
export function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), TAKEN_OVER);
}
