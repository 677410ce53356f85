import type { SeenEvent } from '../../src/audit/anomalies/watched-event.js';
import type { Random } from '../chaos/random.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Midnight before a Monday. */
export const START = Date.UTC(2026, 0, 5);
/** What happened before the month: nobody's alerts of that time are counted. */
export const DAYS_BEFORE = 21;
export const DAYS = 30;
const END = START + (DAYS_BEFORE + DAYS) * DAY;

/** How somebody works: hours of the day, uses in such an hour, on which days, and from how many networks. */
interface Habit {
  readonly share: number;
  readonly name: 'office' | 'evening' | 'program' | 'traveller';
  readonly hours: readonly [from: number, to: number];
  readonly usesPerHour: readonly [least: number, most: number];
  readonly weekends: boolean;
  readonly networks: readonly [least: number, most: number];
}

const HABITS: readonly Habit[] = [
  { share: 0.6, name: 'office', hours: [8, 18], usesPerHour: [0, 4], weekends: false, networks: [1, 3] },
  { share: 0.33, name: 'evening', hours: [18, 24], usesPerHour: [0, 3], weekends: true, networks: [1, 6] },
  { share: 0.02, name: 'program', hours: [0, 24], usesPerHour: [5, 20], weekends: true, networks: [1, 1] },
  { share: 0.05, name: 'traveller', hours: [8, 20], usesPerHour: [0, 4], weekends: true, networks: [1, 2] },
];

/** One simulated user, with what they do of their own accord. */
export class SimulatedUser {
  readonly events: SeenEvent[] = [];
  readonly habit: Habit;
  readonly #networks: string[];
  readonly #models: string[];
  #keyId: string;
  #storedAt: number;

  constructor(
    readonly id: string,
    private readonly random: Random,
  ) {
    const draw = random.next();
    let sum = 0;
    this.habit = HABITS.find(({ share }) => (sum += share) > draw) ?? HABITS[0]!;
    const { networks } = this.habit;
    this.#networks = list(random.integer(...networks), (index) => `${id}-network-${index}`);
    this.#models = list(random.integer(1, 3), (index) => `model-${index}`);
    this.#keyId = `${id}-key-0`;
    // Some have their key for long, some store their first one in this month.
    this.#storedAt = START + random.integer(-60, DAYS_BEFORE + DAYS - 5) * DAY;
    this.#live();
  }

  get keyId(): string {
    return this.#keyId;
  }

  /** Whether the key has been used for so long that it has habits. */
  isSettledAt(at: number): boolean {
    return (
      at - Math.max(this.#storedAt, START) > 14 * DAY &&
      this.events.some((event) => event.at.getTime() < at - 8 * DAY)
    );
  }

  used(at: number, { model = this.#models[0] ?? null, network = this.#networks[0] ?? '' } = {}): SeenEvent {
    return { type: 'KEY_USED', keySource: 'USER', model: model, ...this.#common(at, network) };
  }

  rejected(at: number): SeenEvent {
    return { type: 'KEY_REJECTED', name: this.#keyId, ...this.#common(at, this.#networks[0] ?? '') };
  }

  unreadable(at: number, fault: 'DAMAGED' | 'ENCRYPTION_KEY_RETIRED'): SeenEvent {
    const { keyId, ...common } = this.#common(at, this.#networks[0] ?? '');
    return { type: 'KEY_UNREADABLE', fault, keyId, ...common };
  }

  #common(at: number, network: string) {
    return {
      ...{ at: new Date(at), userId: this.id, provider: 'OPENAI', network, networkHash: network },
      ...{ keyId: this.#keyId, keyStoredAt: new Date(this.#storedAt) },
    };
  }

  /** Day after day, from the first day on which there is a key. */
  #live(): void {
    const { random } = this;
    const firstDay = Math.max(0, Math.ceil((this.#storedAt - START) / DAY));
    let journeyUntil = -1;
    let place = 0;
    for (let day = firstDay; day < DAYS_BEFORE + DAYS; day += 1) {
      const midnight = START + day * DAY;
      const isTravelling = this.habit.name === 'traveller' ? random.chance(0.4) : random.chance(1 / 200);
      if (isTravelling) {
        journeyUntil = day + random.integer(1, 4);
        place += 1;
      }
      if (random.chance(1 / 90)) this.#models.push(`tried-${day}`);
      if (random.chance(1 / 90)) this.#rotate(midnight);
      const networks =
        day <= journeyUntil ? list(2, (index) => `${this.id}-journey-${place}-${index}`) : this.#networks;
      this.#workDay(midnight, networks);
      if (random.chance(1 / 60)) this.#pasteWrongly(midnight + 12 * HOUR);
    }
  }

  #workDay(midnight: number, networks: readonly string[]): void {
    const { random, habit } = this;
    const isWeekend = (midnight / DAY + 4) % 7 >= 5;
    if (isWeekend && !habit.weekends) return;
    // Now and then there is a great deal to do.
    const eagerness = random.chance(1 / 100) ? random.integer(5, 12) : 1;
    for (let hour = habit.hours[0]; hour < habit.hours[1]; hour += 1) {
      const uses = random.integer(...habit.usesPerHour) * eagerness;
      const network = networks[random.integer(0, networks.length - 1)] ?? '';
      for (let count = 0; count < uses; count += 1) {
        const at = midnight + hour * HOUR + random.integer(0, HOUR - 1);
        // The last model is the latest fashion.
        const model = random.chance(0.3)
          ? this.#models.at(-1)
          : this.#models[random.integer(0, this.#models.length - 1)];
        this.events.push(this.used(at, { model: model ?? null, network }));
      }
    }
  }

  /** Replaces the key, as they should from time to time. */
  #rotate(at: number): void {
    this.#storedAt = at;
    this.#keyId = `${this.id}-key-${at}`;
  }

  /** A key that is not the right one, stored with `verify`, once or twice. */
  #pasteWrongly(at: number): void {
    for (let count = this.random.integer(1, 3); count > 0; count -= 1) {
      const {
        keyId: _,
        keyStoredAt: __,
        ...common
      } = this.#common(at + count * MINUTE, this.#networks[0] ?? '');
      this.events.push({
        type: 'KEY_REJECTED',
        name: `${this.id}-${at}`,
        keyId: null,
        keyStoredAt: null,
        ...common,
      });
    }
  }
}

export const isInMonth = (at: number): boolean => at >= START + DAYS_BEFORE * DAY && at < END;

export const list = <Item>(length: number, make: (index: number) => Item): Item[] =>
  Array.from({ length }, (_, index) => make(index));
