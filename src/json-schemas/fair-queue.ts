/** What users wait for. They take turns, each with one item, in the order in which it came. */
export class FairQueue<Item> {
  /** The first user is the next one. */
  readonly #lines = new Map<string, Set<Item>>();

  add(userId: string, item: Item): void {
    const line = this.#lines.get(userId) ?? new Set();
    this.#lines.set(userId, line.add(item));
  }

  take(): Item | undefined {
    const [next] = this.#lines;
    if (!next) return undefined;
    const [userId, line] = next;
    const [item] = line;
    // Behind all others.
    this.#lines.delete(userId);
    if (item !== undefined) line.delete(item);
    if (line.size > 0) this.#lines.set(userId, line);
    return item;
  }

  remove(userId: string, item: Item): void {
    const line = this.#lines.get(userId);
    line?.delete(item);
    if (line?.size === 0) this.#lines.delete(userId);
  }

  /** @returns all that waited */
  clear(): Item[] {
    const items = [...this.#lines.values()].flatMap((line) => [...line]);
    this.#lines.clear();
    return items;
  }
}
