import { turnIsOver } from '../../common/event-loop-turn.js';
import type { KeyMask } from '../../common/key-mask.js';

type JsonObject = Record<string, unknown>;

/**
 * A JSON value with the key taken out of its texts and of its objects' names, however deep it nests. It is a copy, or
 * the value itself where there is no key in it.
 *
 * A value may hold the key very many times: the event loop is given back wherever {@link turnIsOver}.
 */
export async function maskValue(value: unknown, mask: KeyMask): Promise<unknown> {
  return holdsKey(value, mask) ? await maskedCopyOf(value, mask) : value;
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

async function maskedCopyOf(value: unknown, mask: KeyMask): Promise<unknown> {
  const pending: { readonly source: object; readonly copy: object }[] = [];
  const toMasked = (item: unknown): unknown => {
    if (typeof item === 'string') return mask.text(item);
    if (!isContainer(item)) return item;
    const copy = Array.isArray(item) ? [] : {};
    pending.push({ source: item, copy });
    return copy;
  };
  const masked = toMasked(value);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { source, copy } = next;
    for (const [name, item] of Object.entries(source)) {
      const pause = turnIsOver();
      if (pause) await pause;
      define(copy, mask.text(name), toMasked(item));
    }
  }
  return masked;
}

/** Not by assignment: `__proto__` is a name like any other. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

function isContainer(value: unknown): value is unknown[] | JsonObject {
  return typeof value === 'object' && value !== null;
}
