/** What stands at a path of a value that came from outside and may be anything; undefined where the path ends early. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[name];
  }
  return current;
}

/** The same for a list; an empty one where there is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const list = valueAt(value, ...path);
  return Array.isArray(list) ? list : [];
}

/** The same, where it matters whether there is one. */
export function listOrNull(value: unknown, ...path: readonly string[]): readonly unknown[] | null {
  const list = valueAt(value, ...path);
  return Array.isArray(list) ? list : null;
}

/** The same for a place in a list; undefined where it is no number: a text there could be of any size. */
export function indexAt(value: unknown, ...path: readonly string[]): number | undefined {
  const index = valueAt(value, ...path);
  return typeof index === 'number' ? index : undefined;
}
