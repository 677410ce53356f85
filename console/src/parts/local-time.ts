/**
 * Between moments as the API has them (ISO 8601, in UTC) and what a field of type `datetime-local` holds: the time of the
 * place, to the minute, or nothing.
 * https://html.spec.whatwg.org/multipage/input.html#local-date-and-time-state-(type=datetime-local)
 */

export function toLocalTime(moment: string | null): string {
  if (moment === null || moment === '') return '';
  const at = new Date(moment);
  const year = String(at.getFullYear()).padStart(4, '0');
  const date = `${year}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
  return `${date}T${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
}

/** @returns null for an empty field */
export function fromLocalTime(text: string): string | null {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');
