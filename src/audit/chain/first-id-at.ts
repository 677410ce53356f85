/** The lowest id of the version 7 (RFC 9562 section 5.7) that a row of a moment may have. @param moment in milliseconds */
export function firstIdAt(moment: number): string {
  const digits = Math.max(0, Math.floor(moment)).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-0000-0000-000000000000`;
}

/** When an id of the version 7 was made, in milliseconds. */
export const momentOf = (id: string): number => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
