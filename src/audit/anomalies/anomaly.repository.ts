import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../../prisma/database.service.js';
import { rowOf } from '../chain/trail-event.js';
import type { AnomalyRow } from './anomaly-row.js';
import {
  forgetAlerts,
  forgetStates,
  selectKeys,
  selectNetworks,
  selectStates,
  writeStates,
} from './anomaly-statements.js';
import type { NetworkState } from './rules/new-network.js';
import { HOUR_MS } from './rules/rule.js';
import type { RuleCase } from './rule-cases.js';

/** What a rule remembers. */
export interface StoredState {
  /** Null where there is none. */
  readonly state: unknown;
  /** 0 where there is none. */
  readonly version: number;
  readonly keyGeneration: number;
  /** When the user had everything deleted last; null: never. */
  readonly deletedAt: Date | null;
}

/** What becomes of a rule's state, and what was found at that. */
export interface StateChange {
  readonly of: RuleCase;
  readonly state: unknown;
  readonly keyGeneration: number;
  /** One more than what was read. */
  readonly version: number;
  /** When the first event was on which it is built. */
  readonly firstAt: Date;
  readonly findings: readonly AnomalyRow[];
}

/** A network that is known of a user. */
export interface ExportedNetwork {
  readonly hash: string;
  /** Of the key of the hash. */
  readonly keyGeneration: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** Rows that are forgotten in one statement. */
const MOST_FORGOTTEN = 1_000;

/** What the rules remember and find. Its statements are of all users: the rules are the server's own. */
@Injectable()
export class AnomalyRepository {
  constructor(private readonly database: DatabaseService) {}

  /** When keys were stored, by their ids. A key counts only for the user that it belongs to. */
  async findStoredAt(
    userIds: readonly string[],
    keyIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly userId: string; readonly storedAt: Date }>> {
    if (keyIds.length === 0) return new Map();
    const rows = await this.database.run<{ id: string; userId: string; storedAt: string }>(selectKeys, [
      keyIds,
      userIds,
    ]);
    return new Map(rows.map(({ id, userId, storedAt }) => [id, { userId, storedAt: new Date(storedAt) }]));
  }

  /** In the order of the cases. */
  async findStates(cases: readonly RuleCase[]): Promise<StoredState[]> {
    const asked = cases.map(({ rule, userId, subject }, place) => ({
      ...{ place, rule: rule.name, user_id: userId.toWellFormed(), subject },
    }));
    const rows = await this.database.run<StateRow>(selectStates, [JSON.stringify(asked)]);
    return rows.sort((a, b) => a.place - b.place).map(toStored);
  }

  /** Where a user was, as far as that is known: no address, and not in a form that leads to one. */
  async findNetworks(userId: string): Promise<ExportedNetwork[]> {
    const rows = await this.database.run<{ state: string; keyGeneration: number }>(selectNetworks, [userId]);
    return rows.flatMap(({ state, keyGeneration }) =>
      (JSON.parse(state) as NetworkState).networks.map(([hash, firstAt, lastAt]) => ({
        hash,
        keyGeneration,
        firstSeenAt: new Date(firstAt),
        lastSeenAt: new Date(lastAt),
      })),
    );
  }

  /**
   * All of a change takes effect, or nothing.
   *
   * @returns by the places of the changes that did: which of their findings their owner is to be told of
   */
  async write(changes: readonly StateChange[], now: Date): Promise<ReadonlyMap<number, readonly string[]>> {
    const rows = await this.database.run<{ place: number; told: string }>(writeStates, [
      JSON.stringify(changes.map((change, place) => toRow(change, place, now))),
      JSON.stringify(changes.flatMap(({ findings }, place) => findings.map((row) => toFinding(row, place)))),
    ]);
    return new Map(rows.map(({ place, told }) => [place, JSON.parse(told) as string[]]));
  }

  /** What is too old to mean anything. */
  async forget(): Promise<void> {
    for (const statement of [forgetStates, forgetAlerts]) {
      let count = MOST_FORGOTTEN;
      while (count === MOST_FORGOTTEN)
        [{ count } = { count: 0 }] = await this.database.run<{ count: number }>(statement, [
          String(MOST_FORGOTTEN),
        ]);
    }
  }
}

const toFinding = ({ event, rule, explanation, webhook }: AnomalyRow, place: number): object => ({
  ...rowOf(event, { place, rule, explanation, webhook }),
});

interface StateRow {
  readonly place: number;
  readonly state: string | null;
  readonly version: number | null;
  readonly keyGeneration: number | null;
  readonly deletedAt: string | null;
}

const toStored = ({ state, version, keyGeneration, deletedAt }: StateRow): StoredState => ({
  state: state === null ? null : (JSON.parse(state) as unknown),
  version: version ?? 0,
  keyGeneration: keyGeneration ?? 0,
  deletedAt: deletedAt === null ? null : new Date(deletedAt),
});

const toRow = (
  { of: { rule, userId, subject }, state, keyGeneration, version, firstAt }: StateChange,
  place: number,
  now: Date,
): Record<string, unknown> => ({
  place,
  user_id: userId.toWellFormed(),
  rule: rule.name,
  subject,
  key_generation: keyGeneration,
  state,
  version,
  first_at: firstAt,
  updated_at: now,
  // To the hour: what is indexed changes seldom, and most updates touch no index.
  expires_at: new Date(Math.ceil((now.getTime() + rule.keptMs) / HOUR_MS) * HOUR_MS),
});
