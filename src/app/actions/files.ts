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
