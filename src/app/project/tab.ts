/** The project of this tab, so that a reload comes back to it. */
const OPEN = 'unprompted.project';

/** Remembers a project over a reload, or none; false where the browser lets the page remember nothing. */
export function rememberInTab(id: string | null): boolean {
  try {
    if (id === null) sessionStorage.removeItem(OPEN);
    else sessionStorage.setItem(OPEN, id);
    return true;
  } catch {
    return false;
  }
}

/** Id of the project that this tab had open before it was reloaded. */
export function openBefore(): string | null {
  try {
    return sessionStorage.getItem(OPEN);
  } catch {
    return null;
  }
}
