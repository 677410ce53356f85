import { Logger } from '@nestjs/common';
import { EnvelopeError } from '../../crypto/envelope-error.js';
import type { SeriesContext } from '../../crypto/seal-context.js';
import type { Vault } from '../../crypto/vault.js';
import type { ChatEvent } from '../run/chat-event.js';
import type { ChatAttempt } from '../run/chat-source.js';
import { BrokenRunError } from './broken-run.error.js';
import { packEvents, unpackEvents } from './packed-events.js';

/** What is known of a run beside its events: enough to write its end down when its server is dead. */
export interface RunRecord {
  readonly userId: string;
  readonly chatId: string;
  readonly attempt: ChatAttempt;
  /** The name of the claim of its request id; null where it has none. */
  readonly claim: string | null;
}

/** Whose run it is. */
export interface RunIdentity {
  readonly userId: string;
  readonly chatId: string;
}

/** @param events at least one, without a gap */
export type SealEvents = (events: readonly ChatEvent[]) => string;
/**
 * @param seq the number of the last event
 * @throws BrokenRunError CHAT_NOT_FOUND for what does not open: nothing of it can be resumed
 */
export type OpenEvents = (seq: number, envelope: string) => ChatEvent[];

/** An entry has a multiple of so many bytes: the lengths of single deltas would give away their words. */
const PADDED_BYTES = 64;

/** Seals what of a chat is kept in Redis: each entry for its chat and its number alone. */
export class RunSealer {
  readonly #logger = new Logger(RunSealer.name);

  constructor(private readonly vault: Vault) {}

  /** What seals a run's events: one for all of them, which derives its key once. */
  sealerOf(run: RunIdentity): SealEvents {
    const series = this.vault.sealerFor(seriesOf(run));
    return (events) => {
      const last = events.at(-1);
      if (!last) throw new Error('There is nothing to seal.');
      return series.seal(pad(packEvents(events)), last.seq);
    };
  }

  /** What opens a run's events: one for all that are read together. */
  openerOf(run: RunIdentity): OpenEvents {
    const series = this.vault.openerFor(seriesOf(run));
    const { chatId } = run;
    return (seq, envelope) => {
      try {
        return unpackEvents(series.open(envelope, seq), chatId);
      } catch (error) {
        if (!(error instanceof EnvelopeError)) throw error;
        this.#logger.error({ chatId, seq }, 'Events of a chat in Redis do not open');
        throw new BrokenRunError();
      }
    };
  }

  /** The record is bound to the run's key, which holds what its reader does not know yet: whose it is. */
  sealRecord(runKey: string, record: RunRecord): string {
    const { chatId } = record;
    return this.vault.sealText(JSON.stringify(record), { purpose: 'chat-record', runKey, chatId });
  }

  /** @returns null for what does not open */
  openRecord(runKey: string, chatId: string, envelope: string): RunRecord | null {
    try {
      const text = this.vault.openText(envelope, { purpose: 'chat-record', runKey, chatId });
      return JSON.parse(text) as RunRecord;
    } catch (error) {
      if (error instanceof EnvelopeError) return null;
      throw error;
    }
  }
}

const seriesOf = ({ userId, chatId }: RunIdentity): SeriesContext => ({
  purpose: 'chat-events',
  userId,
  chatId,
});

/** Spaces behind a JSON text are no part of it. */
function pad(text: string): string {
  const excess = Buffer.byteLength(text) % PADDED_BYTES;
  return excess === 0 ? text : text + ' '.repeat(PADDED_BYTES - excess);
}
