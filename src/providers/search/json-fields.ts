import { ProviderUnavailableError } from '../../outbound/upstream-error.js';

/** Looks into an engine's JSON, of which nothing is known: undefined where there is no such field. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** A field's text; null where it is missing or no text. */
export function textOf(value: unknown, name: string): string | null {
  const text = fieldOf(value, name);
  return typeof text === 'string' ? text : null;
}

/**
 * A field's list, which engines leave out, or give as null, where it would be empty.
 *
 * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE where it is something else: such an answer is none of the engine's
 */
export function listOrNoneOf(value: unknown, name: string): readonly unknown[] {
  const list = fieldOf(value, name) ?? [];
  if (!Array.isArray(list)) throw new ProviderUnavailableError();
  return list as unknown[];
}

/** Whether a value has one of these fields, with any content. */
export function hasOneOf(value: unknown, names: readonly string[]): boolean {
  return names.some((name) => fieldOf(value, name) !== undefined);
}
