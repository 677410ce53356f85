import { generator } from '../drawn-keys.js';

/** Draws what a test is made of, the same each time for the same seed. */
export class Draw {
  readonly #random: () => number;

  constructor(readonly seed: number) {
    this.#random = generator(seed);
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** From `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.integer(0, items.length - 1)];
    if (item === undefined && items.length === 0) throw new Error('There is nothing to pick from.');
    return item as Item;
  }

  /** So many, each drawn anew. */
  list<Item>(least: number, most: number, make: (index: number) => Item): Item[] {
    return Array.from({ length: this.integer(least, most) }, (_, index) => make(index));
  }
}
