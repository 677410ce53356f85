import { ProviderUnavailableError } from '../outbound/upstream-error.js';

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
 * A field's list.
 *
 * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE where it is missing: such an answer is none of the engine's
 */
export function listOf(value: unknown, name: string): readonly unknown[] {
  const list = fieldOf(value, name);
  if (!Array.isArray(list)) throw new ProviderUnavailableError();
  return list as unknown[];
}

/** The same for a list that engines leave out where it would be empty. */
export function listOrNoneOf(value: unknown, name: string): readonly unknown[] {
  const list = fieldOf(value, name);
  return list === undefined || list === null ? [] : listOf(value, name);
}
