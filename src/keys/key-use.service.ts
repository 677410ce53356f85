import { Injectable, Logger } from '@nestjs/common';
import { AuditRepository, type NewAuditEvent } from '../audit/audit.repository.js';
import type { FinishedUse } from '../audit/finished-use.js';
import {
  type CostDemand,
  type HealthVerdict,
  type KeyChange,
  MODELS,
  newUseRecord,
  type Settlement,
  type TokenDemand,
  type UseOrigin,
  type UseRecord,
} from '../audit/writer/use-record.js';
import { UseWriter } from '../audit/writer/use-writer.js';
import { type Cost, NOTHING } from '../common/cost.js';
import type { ErrorCode } from '../common/error-code.js';
import { keyVerdictOf } from '../common/key-verdicts.js';
import type { KeySource } from '../common/key-source.enum.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import type { KeyCaller } from './key-decisions.service.js';
import { digestOf, type KeyFault } from './key-fault.js';
import { KeyBusyError, KeyNotPermittedError } from './keys.errors.js';
import type { ResolvableKey } from './stored-key.js';
import { logEnd } from './log-end.js';

/** The use of one key by one chat or search. */
export interface KeyUse {
  readonly provider: ProviderId;
  readonly source: KeySource;
  readonly keyId: string | null;
  readonly chatId: string | null;
  readonly model: string | null;
  /** What it may need of the key's month; null for a search. */
  readonly tokens: TokenDemand | null;
  /** What it may cost; null for a search, and where the key's month has no amount. */
  readonly cost: CostDemand | null;
  /** It is to list models. */
  readonly listsModels?: true | undefined;
  /** That it is made with; null for a JWT. */
  readonly accessTokenId: string | null;
  /** Where the request came from; null where nobody knows. */
  readonly network: string | null;
}

/** What a provider has reported. */
interface SpentTokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null, or left out, where its price is not known. */
  readonly cost?: Cost | null;
}

/** The use of a key that failed, for which another provider's key is used in its place. */
export interface FailedUse {
  readonly provider: ProviderId;
  readonly source: KeySource;
  readonly keyId: string | null;
  readonly chatId: string;
  readonly code: ErrorCode;
  /** What it had used all the same; null where the provider has said nothing. */
  readonly usage: SpentTokens | null;
  /** Where the request came from; null where nobody knows. */
  readonly network: string | null;
}

/** What is said of a key that cannot be read. */
export interface UnreadableUse {
  /** What the use was to take the place of. */
  readonly failed: FailedUse | null;
  /** The chat that has to go on, or end, without it. */
  readonly chatId: string | null;
  /** It was to list models. */
  readonly listsModels?: true | undefined;
  readonly accessTokenId: string | null;
  readonly network: string | null;
  /** Why it cannot be read. */
  readonly fault: KeyFault;
}

/** Who has used a key: with which token, and from where. */
type UseCaller = Pick<KeyCaller, 'accessToken' | 'network'>;
type CallerTrace = Pick<KeyUse, 'accessTokenId' | 'network'>;

const traceOf = ({ accessToken, network }: UseCaller): CallerTrace => ({
  accessTokenId: accessToken?.id ?? null,
  network,
});

/** A provider that ends a chat with one of these before its first word has spent nothing on it. */
const REFUSALS: ReadonlySet<string> = new Set<ErrorCode>([
  'KEY_REJECTED',
  'KEY_EXHAUSTED',
  'UNKNOWN_MODEL',
  'PROVIDER_BAD_REQUEST',
  'PROVIDER_RATE_LIMITED',
  'PROVIDER_UNAVAILABLE',
]);

/** Keeps the account of what keys are used for: audit trail, usage, last use and health, each use's together. */
@Injectable()
export class KeyUseService {
  readonly #logger = new Logger(KeyUseService.name);

  constructor(
    private readonly writer: UseWriter,
    private readonly audit: AuditRepository,
  ) {}

  /**
   * Called before a provider is. A key whose use cannot be written down is not used; neither is one that was
   * replaced, deleted or disabled after it was looked up, and no such use is written down.
   *
   * @param failed what this use takes the place of; its account is kept by {@link recordFailure}
   * @throws KeyBusyError CONFLICT where the key is no longer ACTIVE
   * @throws KeyNotPermittedError KEY_NOT_PERMITTED where the key's month has not so much left
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async begin(userId: string, use: KeyUse, failed: FailedUse | null = null): Promise<void> {
    const { provider, source, keyId, chatId, model, tokens, cost, listsModels, accessTokenId, network } = use;
    const detail = listsModels ? MODELS : failed && reasonAfter(failed);
    const event = {
      kind: 'KEY_USED',
      provider,
      keyId,
      keySource: source,
      chatId,
      model,
      outcome: 'OK',
      accessTokenId,
      detail,
    } as const;
    const change = listsModels ? ({ type: 'LISTED' } as const) : ({ type: 'USED', tokens, cost } as const);
    const key = keyId === null ? null : { keyId, ...change };
    await this.writeUse(userId, event, key, { network });
  }

  /**
   * A key that cannot be read. Its use ends here, before any provider is called.
   *
   * @param damagedEnvelope what did not open; null where that is not what is wrong with it
   * @throws KeyBusyError CONFLICT where what did not open is no longer the ACTIVE key
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async recordUnreadable(
    userId: string,
    { id: keyId, provider, endpoint }: Pick<ResolvableKey, 'id' | 'provider' | 'endpoint'>,
    damagedEnvelope: string | null,
    { failed, chatId, listsModels, accessTokenId, network, fault }: UnreadableUse,
  ): Promise<void> {
    const detail = listsModels ? MODELS : failed && reasonAfter(failed);
    const event = {
      kind: 'KEY_USED',
      provider,
      keyId,
      keySource: 'USER',
      chatId,
      outcome: 'KEY_UNREADABLE',
      accessTokenId,
      detail,
    } as const;
    const digest = damagedEnvelope && digestOf({ userId, provider, id: keyId, endpoint }, damagedEnvelope);
    const key = digest === null ? null : ({ keyId, type: 'DAMAGED', digest } as const);
    await this.writeUse(userId, event, key, { network, fault: tellingFault(fault) });
  }

  /**
   * Called when a use has failed and another one is about to take its place: the chat goes on, and what was learned of
   * the key is not lost with it.
   *
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async recordFailure(userId: string, failed: FailedUse): Promise<void> {
    const { keyId, code, chatId, provider, network } = failed;
    if (keyId === null) return;
    const key = endOfKey(keyId, code, { chatId, ...spentBy(failed), beganAt: new Date() });
    await this.writer.write(newUseRecord(userId, { event: null, key, origin: { network, provider } }));
  }

  /**
   * Called when models were listed, or were not: what the provider's answer says of the key. The answer is there whether or
   * not this can be written; it is tried again then. Never throws.
   *
   * @param verdict null where it says nothing
   */
  async recordListing(
    userId: string,
    { keyId, provider, network }: Pick<KeyUse, 'keyId' | 'provider' | 'network'>,
    verdict: HealthVerdict | null,
  ): Promise<void> {
    if (keyId === null || verdict === null) return;
    const key = { keyId, type: 'ENDED', verdict, settlement: null } as const;
    const record = newUseRecord(userId, { event: null, key, origin: { network, provider } });
    try {
      await this.writer.writeInTheEnd(record);
    } catch (error) {
      this.#logger.error(
        { err: error, userId, keyId },
        'The health of a key could not be written. It is tried again',
      );
    }
  }

  /**
   * Called when a chat has ended whose server is gone, and with it what that knew of the request. The second end of a chat
   * changes nothing.
   *
   * @returns whether it was the first: then it is for {@link logEnd}
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE
   */
  async finish(userId: string, use: FinishedUse): Promise<boolean> {
    const accessTokenId = use.chatId && (await this.audit.findTokenOf(userId, use.chatId));
    const end = endOf(userId, use, { accessTokenId, network: null });
    return (await this.writer.write(end)) === 'WRITTEN';
  }

  /**
   * The same for a caller that goes on whether or not it can be written: the answer is paid for, and its owner gets it
   * anyway. The log has the end in any case, and the trail gets it when the database is back. Never throws.
   *
   * @param caller whose request it was
   * @param requestId of a search that stands for itself
   */
  async report(
    userId: string,
    use: FinishedUse,
    caller: UseCaller,
    requestId: string | null = null,
  ): Promise<void> {
    try {
      const outcome = await this.writer.writeInTheEnd(endOf(userId, use, traceOf(caller)));
      if (outcome === 'WRITTEN') logEnd(userId, use, requestId);
    } catch (error) {
      logEnd(userId, use, requestId);
      const what = use.kind === 'CHAT_FINISHED' ? 'chat' : 'search';
      this.#logger.error(
        { err: error, userId, use },
        `The end of a ${what} could not be written to the audit trail. It is tried again`,
      );
    }
  }

  private async writeUse(
    userId: string,
    event: NewAuditEvent,
    key: KeyChange | null,
    origin: UseOrigin,
  ): Promise<void> {
    const outcome = await this.writer.write(newUseRecord(userId, { event, key, origin }));
    if (outcome === 'KEY_GONE') throw new KeyBusyError();
    if (outcome === 'OVER_LIMIT') throw new KeyNotPermittedError(event.provider as ProviderId, 'MONTH');
  }
}

function endOf(userId: string, use: FinishedUse, { accessTokenId, network }: CallerTrace): UseRecord {
  const { keyId, outcome } = use;
  const key = keyId === null ? null : endOfKey(keyId, outcome, settlementOf(use));
  // What a provider refused has cost nothing, whatever the model's price. One that is not there may have been.
  const isFree = spentNothing(use) && outcome !== 'PROVIDER_UNAVAILABLE';
  const event = { accessTokenId, ...use, ...(isFree && { cost: NOTHING.amount }) };
  return newUseRecord(userId, { event, key, origin: { network } });
}

/** What a use that failed before its first word has spent. */
function spentBy({ code, usage }: FailedUse): Pick<Settlement, 'tokens' | 'cost'> {
  if (usage) return { tokens: usage.inputTokens + usage.outputTokens, cost: usage.cost?.amount ?? null };
  return REFUSALS.has(code) ? { tokens: 0, cost: NOTHING.amount } : { tokens: null, cost: null };
}

/** A chat that was refused before its first word, without any tokens. */
const spentNothing = ({
  kind,
  inputTokens,
  outputTokens,
  outcome,
  timeToFirstTokenMs,
}: FinishedUse): boolean =>
  kind === 'CHAT_FINISHED' &&
  inputTokens === null &&
  outputTokens === null &&
  REFUSALS.has(outcome) &&
  timeToFirstTokenMs === null;

/** Null where the end says nothing of the key and nothing was reserved for it. */
function endOfKey(keyId: string, outcome: string, settlement: Settlement | null): KeyChange | null {
  const verdict = keyVerdictOf(outcome);
  return verdict || settlement ? { keyId, type: 'ENDED', verdict, settlement } : null;
}

function settlementOf(use: FinishedUse): Settlement | null {
  const { chatId, kind, inputTokens, outputTokens, cost, durationMs } = use;
  if (kind !== 'CHAT_FINISHED' || chatId === null) return null;
  const isReported = inputTokens !== null || outputTokens !== null;
  const reported = (inputTokens ?? 0) + (outputTokens ?? 0);
  const isRefused = spentNothing(use);
  return {
    chatId,
    tokens: isReported || isRefused ? reported : null,
    cost: isRefused ? NOTHING.amount : cost,
    beganAt: new Date(Date.now() - (durationMs ?? 0)),
  };
}

/** The faults that no server brings about, and no operator's mistake. */
const tellingFault = (fault: KeyFault): UseOrigin['fault'] =>
  fault === 'DAMAGED' || fault === 'ENCRYPTION_KEY_RETIRED' ? fault : null;

/** Why a provider's turn came, in our own words. */
const reasonAfter = ({ provider, code }: FailedUse): string => `failover from ${provider}: ${code}`;
