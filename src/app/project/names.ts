/** What project files end with. */
export const ENDING = 'unprompted';

export const isProject = (file: File): boolean => file.name.toLowerCase().endsWith(`.${ENDING}`);
