import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { BoundedLines, type LineFields } from '../../common/bounded-lines.js';
import { anomalyRaised } from '../../telemetry/signals/signals.js';
import { AuditTrail } from '../chain/audit-trail.js';
import type { SealedEvent } from '../chain/trail-event.js';
import { AlertNews } from './alert-news.js';
import { type AnomalyRow, toAnomalyRow } from './anomaly-row.js';
import { AnomalyRepository, type StateChange, type StoredState } from './anomaly.repository.js';
import { NetworkHash } from './network-hash.js';
import { casesOf, type CaseFinding, decide, type RuleCase } from './rule-cases.js';
import { allRules } from './rules/all-rules.js';
import { NO_USER, type SeenEvent, userOf, type WatchedEvent } from './watched-event.js';
import { AlertSender } from './webhook/alert-sender.js';
import { WebhookDispatcher } from './webhook/webhook-dispatcher.js';

/** How often a state may change on another server between reading and writing it, in a row. */
const MAX_ATTEMPTS = 8;

/** A change with what led to it: what is known of it beside its rows. */
interface Decided extends StateChange {
  readonly raised: readonly { readonly finding: CaseFinding; readonly row: AnomalyRow }[];
}

/** Has the rules look at events: reads what they remember, decides, and writes all that follows in one statement. */
@Injectable()
export class AnomalyJudge implements OnApplicationShutdown {
  readonly #lines = new BoundedLines(new Logger('Anomalies'));

  constructor(
    private readonly states: AnomalyRepository,
    private readonly hashes: NetworkHash,
    private readonly trail: AuditTrail,
    private readonly news: AlertNews,
    private readonly sender: AlertSender,
    private readonly dispatcher: WebhookDispatcher,
  ) {}

  /**
   * @param events in the order in which they happened
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE: then they are to be looked at again. What was written by then may
   *   count twice
   */
  async judge(events: readonly WatchedEvent[]): Promise<void> {
    // Taken with the hashes: the keys may change while the database is asked.
    const { generation } = this.hashes;
    let cases: readonly RuleCase[] = casesOf(allRules, await this.#lookUp(events));
    for (let attempt = 1; cases.length > 0; attempt += 1) {
      if (attempt > MAX_ATTEMPTS) {
        this.#lines.warn('Other servers change the same states all the time: some events are not counted');
        return;
      }
      cases = await this.#judgeOnce(cases, generation);
    }
  }

  onApplicationShutdown(): void {
    this.#lines.flush();
  }

  /** @returns the cases that another server was faster with */
  async #judgeOnce(cases: readonly RuleCase[], generation: number): Promise<RuleCase[]> {
    const stored = await this.states.findStates(cases);
    const decided = cases.flatMap((each, place) => this.#decide(each, stored[place], generation));
    if (decided.length === 0) return [];
    const done = await this.trail.write(
      eventsOf(decided),
      () => this.states.write(decided, new Date()),
      (places) => eventsOf(decided.filter((_, place) => places.has(place))),
    );
    decided.forEach((change, place) => {
      const told = done.get(place);
      if (told) this.#tell(change, told);
    });
    return decided.filter((_, place) => !done.has(place)).map(({ of }) => of);
  }

  /** Nothing where nothing changes. */
  #decide(each: RuleCase, stored: StoredState | undefined, generation: number): Decided[] {
    const { rule } = each;
    const { deletedAt = null, version = 0 } = stored ?? {};
    const events = each.events.filter(({ at }) => deletedAt === null || at > deletedAt);
    if (events.length === 0) return [];
    const keyGeneration = rule.hasHashes ? generation : 0;
    const before = stored?.keyGeneration === keyGeneration ? stored.state : null;
    const { state, findings } = decide({ ...each, events }, before);
    if (state === null) return [];
    const raised = findings.map((finding) => ({
      finding,
      row: toAnomalyRow(finding, this.trail, this.sender.isOn),
    }));
    const rows = raised.map(({ row }) => row);
    const of = { ...each, events };
    const firstAt = new Date(Math.min(...events.map(({ at }) => at.getTime())));
    return [{ of, state, keyGeneration, version: version + 1, firstAt, findings: rows, raised }];
  }

  #tell({ of: { userId }, raised }: Decided, told: readonly string[]): void {
    for (const { finding, row } of raised) {
      anomalyRaised.tell({ rule: finding.rule.name });
      this.#lines.warn('Anomaly', { rule: row.rule }, linesOf(finding, row));
    }
    if (told.length > 0 && userId !== NO_USER) this.news.tell(userId);
    if (raised.length > 0) this.dispatcher.wake();
  }

  async #lookUp(events: readonly WatchedEvent[]): Promise<SeenEvent[]> {
    const networks = new Set(events.flatMap(({ network }) => network ?? []));
    const hashes = new Map([...networks].map((network) => [network, this.hashes.hash(network)]));
    const keyIds = new Set(events.flatMap((event) => ('keyId' in event ? (event.keyId ?? []) : [])));
    const userIds = new Set(events.map(userOf));
    const keys = await this.states.findStoredAt([...userIds], [...keyIds]);
    return events.map((event) => {
      const key = 'keyId' in event && event.keyId !== null ? keys.get(event.keyId) : undefined;
      return {
        ...event,
        networkHash: event.network === null ? null : (hashes.get(event.network) ?? null),
        keyStoredAt: key?.userId === userOf(event) ? key.storedAt : null,
      };
    });
  }
}

/** The rows of the trail that changes come with. */
const eventsOf = (changes: readonly StateChange[]): SealedEvent[] =>
  changes.flatMap(({ findings }) => findings.map(({ event }) => event));

/** Of what has no user the log has the network itself: it is for whoever has to lock it out. */
function linesOf({ rule, event }: CaseFinding, row: AnomalyRow): LineFields {
  const { userId, provider, keyId, explanation } = row;
  const about = rule.isOfUser ? { userId, provider, keyId } : { network: event.network };
  return { anomalyId: row.event.id, explanation, ...about };
}
