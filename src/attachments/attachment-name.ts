/** The longest name of an image or a file, in UTF-16 code units. */
export const MAX_NAME_LENGTH = 255;

// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/g;

/** Whether a name can stand in a line of text. */
export const isName = (name: string): boolean =>
  name !== '' && name.length <= MAX_NAME_LENGTH && name.search(CONTROL) === -1;

/** The name that a client's file has, made one; null where nothing is left of it. */
export function cleanName(name: string | null): string | null {
  const clean = name?.replace(CONTROL, '').slice(0, MAX_NAME_LENGTH).toWellFormed() ?? '';
  return clean === '' ? null : clean;
}
