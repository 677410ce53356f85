import type { KeyMask } from '../common/key-mask.js';

type JsonObject = Record<string, unknown>;

/**
 * A JSON value with the key taken out of its texts and of its objects' names, however deep it nests. It is a copy, or
 * the value itself where there is no key in it.
 */
export function maskValue(value: unknown, mask: KeyMask): unknown {
  return holdsKey(value, mask) ? maskedCopyOf(value, mask) : value;
}

/** Apart, for it costs far less than a copy of what has very many values. */
function holdsKey(value: unknown, mask: KeyMask): boolean {
  const isKeyIn = (text: unknown): boolean => typeof text === 'string' && mask.text(text) !== text;
  if (isKeyIn(value)) return true;
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const container = pending.pop();
    if (!isContainer(container)) continue;
    if (!Array.isArray(container) && Object.keys(container).some(isKeyIn)) return true;
    for (const item of Array.isArray(container) ? container : Object.values(container)) {
      if (isKeyIn(item)) return true;
      if (isContainer(item)) pending.push(item);
    }
  }
  return false;
}

function maskedCopyOf(value: unknown, mask: KeyMask): unknown {
  const copied: (unknown[] | JsonObject)[] = [];
  const toMasked = (item: unknown): unknown => {
    if (typeof item === 'string') return mask.text(item);
    if (!isContainer(item)) return item;
    const copy = Array.isArray(item) ? [...item] : withMaskedNames(item, mask);
    copied.push(copy);
    return copy;
  };
  const masked = toMasked(value);
  for (let copy = copied.pop(); copy; copy = copied.pop()) {
    if (Array.isArray(copy)) {
      for (const [index, item] of copy.entries()) copy[index] = toMasked(item);
    } else {
      for (const name of Object.keys(copy)) copy[name] = toMasked(copy[name]);
    }
  }
  return masked;
}

/** Made of entries: `__proto__` is a name like any other. */
function withMaskedNames(object: JsonObject, mask: KeyMask): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, item]) => [mask.text(name), item]));
}

function isContainer(value: unknown): value is unknown[] | JsonObject {
  return typeof value === 'object' && value !== null;
}
