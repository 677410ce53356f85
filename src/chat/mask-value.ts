import type { KeyMask } from '../common/key-mask.js';

/** A copy of a JSON value, with the key taken out of its texts and of its objects' names. However deep it nests. */
export function maskValue(value: unknown, mask: KeyMask): unknown {
  const containers: Record<string, unknown>[] = [];
  const toMasked = (item: unknown): unknown => {
    if (typeof item === 'string') return mask.text(item);
    if (typeof item !== 'object' || item === null) return item;
    const copy = Array.isArray(item) ? [...(item as unknown[])] : withMaskedNames(item, mask);
    containers.push(copy as Record<string, unknown>);
    return copy;
  };
  const masked = toMasked(value);
  for (let container = containers.pop(); container; container = containers.pop()) {
    for (const [name, item] of Object.entries(container)) container[name] = toMasked(item);
  }
  return masked;
}

/** Made of entries: `__proto__` is a name like any other. */
function withMaskedNames(object: object, mask: KeyMask): object {
  return Object.fromEntries(Object.entries(object).map(([name, item]) => [mask.text(name), item as unknown]));
}
