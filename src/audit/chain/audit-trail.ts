import { randomUUID } from 'node:crypto';
import { Injectable, Optional } from '@nestjs/common';
import { DatabaseUnavailableError } from '../../prisma/database-unavailable.error.js';
import { DatabaseService } from '../../prisma/database.service.js';
import { ServerPresence } from '../../redis/server-presence.js';
import { AuditKeyring } from './audit-keyring.js';
import { ChainWriter } from './chain-writer.js';
import {
  canonicalForm,
  type SealedEvent,
  textsOf,
  type TrailContent,
  type TrailEvent,
  type TrailPlace,
} from './trail-event.js';

/** What writes to the trail goes through it: it seals rows, and has those linked that were committed. */
@Injectable()
export class AuditTrail {
  /** Who this process is for the others, as long as it lives. */
  readonly server: string;
  readonly #chain: ChainWriter;

  constructor(
    database: DatabaseService,
    private readonly keyring: AuditKeyring,
    @Optional() presence: ServerPresence | null = null,
  ) {
    this.server = presence?.serverId ?? randomUUID();
    this.#chain = new ChainWriter(database, keyring, this.server);
  }

  /** How many rows wait for their links. */
  get pending(): number {
    return this.#chain.pending;
  }

  /** The writer of this process's chain; null where it has none now. */
  get writer(): string | null {
    return this.#chain.writer;
  }

  /** Makes a row of the trail. It has to be written as it is. */
  seal(event: TrailEvent): SealedEvent {
    return this.sealAt(event, event);
  }

  /** {@link seal}, of what is known apart. */
  sealAt(place: TrailPlace, content: TrailContent): SealedEvent {
    const texts = textsOf(content, place);
    const { current } = this.keyring;
    const mac = current.mac(canonicalForm(texts)).toString('hex');
    return { id: place.id, mac, texts, keyGeneration: current.generation };
  }

  /**
   * Has rows written by an operation, together with what they tell of. Where its answer was lost, they are looked for: they
   * may be there.
   *
   * @param events may be filled by the operation
   * @param written which of them are there after it
   * @throws what the operation throws
   */
  async write<Result>(
    events: readonly SealedEvent[],
    operation: () => Promise<Result>,
    written: (result: Result) => readonly SealedEvent[] = () => events,
  ): Promise<Result> {
    try {
      const result = await operation();
      this.committed(written(result));
      return result;
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) this.#chain.doubt(events);
      throw error;
    }
  }

  /** These rows were committed. Never throws, and waits for nothing. */
  committed(events: Iterable<Pick<SealedEvent, 'id' | 'mac'>>): void {
    this.#chain.add(events);
  }

  /** Links what waits, as far as the database lets it. Never throws. */
  flush(): Promise<void> {
    return this.#chain.flush();
  }

  /** Begins this process's chain, unless it has one. @throws DatabaseUnavailableError SERVICE_UNAVAILABLE */
  begin(): Promise<void> {
    return this.#chain.begin();
  }

  /** Ends the chain where there are newer keys. */
  renew(): Promise<void> {
    return this.#chain.renew();
  }

  /** Links what waits, and ends this process's chain. The next row begins another one. Never throws. */
  close(): Promise<void> {
    return this.#chain.close();
  }
}
