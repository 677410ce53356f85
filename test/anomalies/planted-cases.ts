import type { AnomalyRule } from '../../src/common/anomaly-rules.js';
import type { SeenEvent } from '../../src/audit/anomalies/watched-event.js';
import type { Random } from '../chaos/random.js';
import { DAY, DAYS, DAYS_BEFORE, HOUR, list, MINUTE, type SimulatedUser, START } from './simulated-user.js';

/** Something that a rule has to find. */
export interface PlantedCase {
  readonly rule: AnomalyRule;
  /** The user, or the network, that it is about. */
  readonly about: string;
  readonly from: number;
  readonly until: number;
  readonly events: readonly SeenEvent[];
}

/** How many of each there are. */
const OF_USERS = 20;
const OF_NETWORKS = 5;

type Attack = (user: SimulatedUser, at: number, random: Random) => readonly SeenEvent[];

/** What is done with somebody's token, key or record. */
const attacks: Partial<Record<AnomalyRule, Attack>> = {
  // By a program that runs on the user's own machine, at night.
  BURST: (user, at, random) => list(random.integer(400, 2_000), (index) => user.used(at + index * 1_000)),
  REPEATED_KEY_REJECTED: (user, at, random) =>
    list(random.integer(5, 50), (index) => user.rejected(at + index * MINUTE)),
  NEW_MODEL: (user, at) => [user.used(at, { model: 'a-dear-one' })],
  NEW_NETWORK: (user, at, random) =>
    list(random.integer(1, 20), (index) => user.used(at + index * MINUTE, { network: 'elsewhere' })),
  DECRYPTION_FAILED: (user, at) => [user.unreadable(at, 'DAMAGED')],
  RETIRED_KEY_SEEN: (user, at) => [user.unreadable(at, 'ENCRYPTION_KEY_RETIRED')],
};

/** Cases at random users whose key has been used for two weeks, in the middle of the month; at each no more than one. */
export function plantAtUsers(users: readonly SimulatedUser[], random: Random): PlantedCase[] {
  const attacked = new Set<SimulatedUser>();
  return Object.entries(attacks).flatMap(([rule, attack]) =>
    list(OF_USERS, () => {
      for (;;) {
        const user = random.pick(users);
        const at = START + random.integer(DAYS_BEFORE + 1, DAYS_BEFORE + DAYS - 2) * DAY + 3 * HOUR;
        // Of somebody who is always on the move, and of a program that never rests, less is promised.
        const isUsual = user.habit.name === 'office' || user.habit.name === 'evening';
        if (!isUsual || attacked.has(user) || !user.isSettledAt(at)) continue;
        attacked.add(user);
        const events = attack(user, at, random);
        return { rule: rule as AnomalyRule, about: user.id, from: at, until: at + 2 * HOUR, events };
      }
    }),
  );
}

/** Cases that come from networks of nobody's. */
export function plantAtNetworks(random: Random): PlantedCase[] {
  return list(OF_NETWORKS, (index) => index).flatMap((index) => {
    const at = START + random.integer(DAYS_BEFORE + 1, DAYS_BEFORE + DAYS - 2) * DAY + 3 * HOUR;
    const keys = `stuffing-${index}`;
    const tokens = `guessing-${index}`;
    const place = (network: string) => ({ network, networkHash: network, keyStoredAt: null });
    return [
      {
        ...{ rule: 'KEY_STUFFING', about: keys, from: at, until: at + HOUR },
        events: list(random.integer(10, 200), (number) => ({
          ...{
            type: 'KEY_REJECTED',
            at: new Date(at + number * 10_000),
            name: `stolen-${number}`,
            keyId: null,
          },
          ...{ userId: `mallory-${number % 7}`, provider: 'OPENAI', ...place(keys) },
        })),
      },
      {
        ...{ rule: 'FAILED_TOKENS', about: tokens, from: at, until: at + HOUR },
        events: list(random.integer(30, 3_000), (number) => ({
          ...{
            type: 'TOKEN_REFUSED',
            at: new Date(at + number * 1_000),
            name: `guess-${number}`,
            ...place(tokens),
          },
        })),
      },
    ] satisfies PlantedCase[];
  });
}

/** Programs that try every address of the internet, a few tokens each. */
export function noiseOfTokens(random: Random): SeenEvent[] {
  return list(3_000, () => {
    const network = `scanner-${random.integer(0, 400)}`;
    const at = START + random.integer(DAYS_BEFORE * DAY, (DAYS_BEFORE + DAYS) * DAY - 1);
    return {
      ...{ type: 'TOKEN_REFUSED', at: new Date(at), name: String(random.next()), keyStoredAt: null },
      ...{ network, networkHash: network },
    };
  });
}
