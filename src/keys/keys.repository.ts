import { Injectable } from '@nestjs/common';
import { MAX, v7 as uuidv7 } from 'uuid';
import { AuditTrail } from '../audit/chain/audit-trail.js';
import type { SealedEvent, TrailEvent } from '../audit/chain/trail-event.js';
import type { AuditKind } from '../audit/audit-event.model.js';
import { addOnly, rowsOf } from '../audit/trail-rows.js';
import type { SealedEnvelope } from '../crypto/envelope.js';
import type { KeyEndpoint } from '../crypto/seal-context.js';
import { DatabaseService } from '../prisma/database.service.js';
import { hasCode, UNIQUE_VIOLATION } from '../prisma/error-codes.js';
import type { Statement, StatementValue } from '../prisma/statement.js';
import { type ProviderId, providerIdsOf } from '../providers/registry/provider-ids.js';
import type { ProbeResult } from './key-prober.js';
import { TooManyEndpointsError } from './keys.errors.js';
import {
  deleteKey,
  selectHistory,
  selectLive,
  selectOne,
  selectPlace,
  selectResolvable,
  selectTrace,
  storeKey,
  updateKey,
  verifyKey,
} from './key-statements.js';
import {
  type KeyRow,
  type ResolutionRow,
  type ResolvableRow,
  type StoredKey,
  toResolvableKey,
  toStoredKey,
} from './stored-key.js';

/** What the trail says of a live key. */
export interface KeyTrace {
  readonly id: string;
  /** As it is stored: a newer version may know more providers than this one. */
  readonly provider: string;
  /** Empty for a provider's key. */
  readonly endpointName: string;
  readonly maskedKey: string;
}

export interface NewKey {
  readonly id: string;
  readonly provider: ProviderId;
  /** Null for a provider's key. */
  readonly endpoint: KeyEndpoint | null;
  readonly name: string | null;
  readonly maskedKey: string;
  readonly envelope: SealedEnvelope;
  readonly encryptionKeyId: string;
  readonly expiresAt: Date | null;
  /** Null where it was not verified. */
  readonly probe: ProbeResult | null;
  readonly limits: LimitChanges;
}

/** Null, or left out: as much as the provider lets it. */
interface MonthlyLimits {
  readonly tokens?: number | null | undefined;
  readonly requests?: number | null | undefined;
  /** In dollars, as decimal text. */
  readonly cost?: { readonly amount: string } | null | undefined;
}

/** What is left out stays as it is; a key that replaces another one takes it over. Null: not limited. */
export interface LimitChanges {
  readonly allowedModels?: readonly string[] | null | undefined;
  readonly allowedUses?: readonly string[] | null | undefined;
  readonly monthlyLimit?: MonthlyLimits | null | undefined;
}

/** What is left out stays as it is. */
export interface KeyChanges extends LimitChanges {
  readonly name?: string | null;
  readonly status?: 'ACTIVE' | 'DISABLED';
  readonly expiresAt?: Date | null;
}

/** What `asJson` in key-statements.ts makes of a row. */
interface JsonRow {
  readonly row: string;
}

const toKey = ({ row }: JsonRow): StoredKey => toStoredKey(JSON.parse(row) as KeyRow);

type PlaceRow = (KeyTrace | { readonly id: null }) & { readonly hasRoom: boolean };

/**
 * Invariants: every method takes the user's id first and touches that user's rows only. A change and its audit event are
 * one statement, and so one transaction.
 */
@Injectable()
export class KeysRepository {
  constructor(
    private readonly database: DatabaseService,
    private readonly trail: AuditTrail,
  ) {}

  /** Every chat begins with it. */
  async findResolvable(userId: string, providers: readonly ProviderId[]): Promise<ResolutionRow> {
    const found = await this.database.run<JsonRow>(selectResolvable, [userId, providers]);
    const rows = found.map(({ row }) => JSON.parse(row) as ResolvableRow);
    const { fallbackPolicy = null, defaultSearchProvider = null } = rows[0] ?? {};
    const userKeys = rows.filter(hasKey).map((row) => toResolvableKey(row, userId));
    return { userKeys, fallbackPolicy, defaultSearchProvider };
  }

  findLive(userId: string): Promise<StoredKey[]> {
    return this.select(selectLive, userId);
  }

  async findById(userId: string, id: string): Promise<StoredKey | null> {
    const [key] = await this.select(selectOne, userId, id);
    return key ?? null;
  }

  /** Newest first, at most `limit`, older than the key `afterId`. */
  listHistory(userId: string, limit: number, afterId: string | null): Promise<StoredKey[]> {
    return this.select(selectHistory, userId, afterId ?? MAX, String(limit));
  }

  /** A live key, also of a provider that this version does not know. */
  async findTrace(userId: string, id: string): Promise<KeyTrace | null> {
    const [key] = await this.database.run<KeyTrace>(selectTrace, [userId, id]);
    return key ?? null;
  }

  /**
   * Stores a key, ends the live one of its provider and endpoint, and destroys that one's ciphertext.
   *
   * @returns null where another server stored, or deleted, one at the same moment: then nothing was stored
   * @throws TooManyEndpointsError BAD_USER_INPUT where it would be one endpoint too many
   */
  async store(
    userId: string,
    { id, provider, endpoint, name, maskedKey, envelope, encryptionKeyId, expiresAt, probe, limits }: NewKey,
    accessTokenId: string | null,
  ): Promise<{ readonly stored: StoredKey; readonly replacedKeyId: string | null } | null> {
    const at = new Date();
    const endpointName = endpoint?.name ?? '';
    const replaced = await this.findReplaced(userId, provider, endpointName);
    const trace = { id, provider, endpointName, maskedKey };
    const by = { userId, at, accessTokenId };
    const events = [
      ...(replaced ? [this.seal(by, 'KEY_REPLACED', replaced, 'OK', describeTrace(replaced))] : []),
      this.seal(by, 'KEY_STORED', trace, 'OK', describeTrace(trace)),
      ...(probe ? [this.seal(by, 'KEY_VERIFIED', trace, probe.outcome, probe.reason)] : []),
    ];
    const row = await this.change<JsonRow>(events, storeKey, [
      ...[userId, provider, id, name, maskedKey, envelope, encryptionKeyId],
      ...[replaced?.id ?? null, at.toISOString(), rowsOf(events)],
      ...[expiresAt?.toISOString() ?? null, probe?.verdict?.health ?? null, probe?.reason ?? null],
      ...[...valuesOf(limits), endpointName, endpoint?.baseUrl ?? null],
    ]).catch((error: unknown) => {
      if (hasCode(error, UNIQUE_VIOLATION)) return null;
      throw error;
    });
    if (!row) return null;
    const key = JSON.parse(row.row) as KeyRow & { readonly replacedKeyId: string | null };
    return { stored: toStoredKey(key), replacedKeyId: key.replacedKeyId };
  }

  /** The live key in the place of a new one. @throws TooManyEndpointsError BAD_USER_INPUT where there is no place */
  private async findReplaced(
    userId: string,
    provider: ProviderId,
    endpointName: string,
  ): Promise<KeyTrace | null> {
    const values = [userId, provider, endpointName];
    const [place] = await this.database.run<PlaceRow>(selectPlace, values);
    if (place?.id) return place;
    if (place?.hasRoom !== true) throw new TooManyEndpointsError();
    return null;
  }

  /** @param detail what the audit event says of the changes @returns null where there is no live key of the id */
  async update(
    userId: string,
    key: Pick<KeyTrace, 'id' | 'provider'>,
    { name, status, expiresAt, ...limits }: KeyChanges,
    detail: string,
    accessTokenId: string | null,
  ): Promise<StoredKey | null> {
    const by = { userId, at: new Date(), accessTokenId };
    const events = [this.seal(by, 'KEY_UPDATED', key, 'OK', detail)];
    const row = await this.change<JsonRow>(events, updateKey, [
      ...[userId, key.id, String(name !== undefined), name ?? null, status ?? null],
      rowsOf(events),
      ...[String(expiresAt !== undefined), expiresAt?.toISOString() ?? null],
      ...valuesOf(limits),
    ]);
    return row && toKey(row);
  }

  /** @returns null where there is no live key of the id */
  async recordProbe(
    userId: string,
    key: Pick<KeyTrace, 'id' | 'provider'>,
    { verdict, reason, outcome }: ProbeResult,
    accessTokenId: string | null,
  ): Promise<StoredKey | null> {
    const at = new Date();
    const events = [this.seal({ userId, at, accessTokenId }, 'KEY_VERIFIED', key, outcome, reason)];
    const values = [userId, key.id, verdict?.health ?? null, reason, rowsOf(events), at.toISOString()];
    const row = await this.change<JsonRow>(events, verifyKey, values);
    return row && toKey(row);
  }

  /** A key that was tried, and is not stored. */
  async recordRefusal(
    userId: string,
    provider: ProviderId,
    { outcome, reason }: ProbeResult,
    accessTokenId: string | null,
  ): Promise<void> {
    const key = { id: null, provider };
    const by = { userId, at: new Date(), accessTokenId };
    const events = [this.seal(by, 'KEY_VERIFIED', key, outcome, `Not stored. ${reason}`)];
    await this.change(events, addOnly, [rowsOf(events)]);
  }

  /** Ends the live key, and destroys its ciphertext. @returns its id; null where there is none */
  async delete(userId: string, key: KeyTrace, accessTokenId: string | null): Promise<string | null> {
    const by = { userId, at: new Date(), accessTokenId };
    const events = [this.seal(by, 'KEY_DELETED', key, 'OK', describeTrace(key))];
    const deleted = await this.change<{ id: string }>(events, deleteKey, [userId, key.id, rowsOf(events)]);
    return deleted?.id ?? null;
  }

  /** Runs a statement that changes a key, if it is there, and so writes these rows of the trail. */
  private async change<Row>(
    events: readonly SealedEvent[],
    statement: Statement,
    values: readonly StatementValue[],
  ): Promise<Row | null> {
    const [row] = await this.trail.write(
      events,
      () => this.database.run<Row>(statement, values),
      (rows) => (rows.length > 0 ? events : []),
    );
    return row ?? null;
  }

  private seal(
    by: Pick<TrailEvent, 'userId' | 'at' | 'accessTokenId'>,
    kind: AuditKind,
    { id: keyId, provider }: Pick<KeyTrace, 'provider'> & { readonly id: string | null },
    outcome: string,
    detail: string,
  ): SealedEvent {
    return this.trail.seal({
      id: uuidv7(),
      ...by,
      kind,
      provider,
      keyId,
      keySource: 'USER',
      outcome,
      detail,
    });
  }

  private async select(
    statement: Statement,
    userId: string,
    ...values: StatementValue[]
  ): Promise<StoredKey[]> {
    const known = [...providerIdsOf('CHAT'), ...providerIdsOf('SEARCH')];
    const rows = await this.database.run<JsonRow>(statement, [userId, known, ...values]);
    return rows.map(toKey);
  }
}

/** What the trail says of a key beside its id. */
const describeTrace = ({ maskedKey, endpointName }: KeyTrace): string =>
  endpointName === '' ? maskedKey : `${maskedKey} for the endpoint ${endpointName}`;

/** As `limitsAs` in key-statements.ts takes them. */
function valuesOf({ allowedModels, allowedUses, monthlyLimit }: LimitChanges): StatementValue[] {
  const { tokens, requests, cost } = monthlyLimit ?? {};
  return [
    ...[String(allowedModels !== undefined), allowedModels ?? []],
    ...[String(allowedUses !== undefined), allowedUses ?? []],
    ...[String(monthlyLimit !== undefined), tokens?.toString() ?? null, requests?.toString() ?? null],
    cost?.amount ?? null,
  ];
}

const hasKey = ({ id }: { readonly id: string | null }): boolean => id !== null;
