import { LRUCache } from 'lru-cache';
import type { Model } from './model.model.js';

/** How long a list is good, in milliseconds. */
const KEPT_MS = 10 * 60_000;
/** Lists that are kept, and how many bytes of them, about: the longest has half a megabyte. */
const MOST_LISTS = 1_000;
const MOST_BYTES = 16 * 1024 * 1024;
/** What a model takes beside its names, about. */
const MODEL_BYTES = 400;

/** What a provider answered. */
export interface KeptList {
  /** Null: that it has no list for this key. */
  readonly models: readonly Model[] | null;
  readonly fetchedAt: Date;
}

/** The lists of keys, in this process, by names that change with the keys: no list has to be dropped for a changed key. */
export class KeptLists {
  readonly #lists: LRUCache<string, KeptList>;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now = () => performance.now()) {
    this.#lists = new LRUCache({
      max: MOST_LISTS,
      maxSize: MOST_BYTES,
      sizeCalculation: bytesOf,
      ttl: KEPT_MS,
      ttlResolution: 0,
      perf: { now },
    });
  }

  get(name: string): KeptList | null {
    return this.#lists.get(name) ?? null;
  }

  set(name: string, list: KeptList): void {
    this.#lists.set(name, list);
  }

  delete(name: string): void {
    this.#lists.delete(name);
  }
}

function bytesOf({ models }: KeptList): number {
  return (models ?? []).reduce(
    (bytes, { id, displayName }) => bytes + MODEL_BYTES + id.length + 2 * displayName.length,
    MODEL_BYTES,
  );
}
