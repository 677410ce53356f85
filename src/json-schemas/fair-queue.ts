/** How many users' last items are remembered. */
const MOST_NOTED = 1_000;

/**
 * What users wait for. They take turns, each with one item, in the order in which it came; those whose last item was too
 * costly come behind all others.
 */
export class FairQueue<Item> {
  /** The first user is the next one. */
  readonly #lines = new Map<string, Set<Item>>();

  readonly #costly = new Set<string>();
  #last: string | null = null;

  add(userId: string, item: Item): void {
    const line = this.#lines.get(userId) ?? new Set();
    this.#lines.set(userId, line.add(item));
  }

  take(): Item | undefined {
    const users = [...this.#lines.keys()];
    // Not the same one again while another waits, who may have come meanwhile.
    const others = users.filter((user) => user !== this.#last);
    const userId = others.find((user) => !this.#costly.has(user)) ?? others[0] ?? users[0];
    const [item] = (userId !== undefined && this.#lines.get(userId)) || [];
    if (userId === undefined || item === undefined) return undefined;
    this.#last = userId;
    this.#moveBack(userId, item);
    return item;
  }

  /** What came of a user's last item. */
  note(userId: string, wasCostly: boolean): void {
    this.#costly.delete(userId);
    if (wasCostly) this.#costly.add(userId);
    const [oldest] = this.#costly;
    if (this.#costly.size > MOST_NOTED && oldest !== undefined) this.#costly.delete(oldest);
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

  /** Behind all others, where more of the user's are left. */
  #moveBack(userId: string, item: Item): void {
    const line = this.#lines.get(userId);
    this.#lines.delete(userId);
    line?.delete(item);
    if (line && line.size > 0) this.#lines.set(userId, line);
  }
}
