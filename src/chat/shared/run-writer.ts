import { SURELY_ALIVE_MS } from '../../redis/server-presence.js';
import type { SealedClaim } from '../claims/request-claims.js';
import type { ChatEvent } from '../run/chat-event.js';
import type { KeepTimes, OwnRuns } from './own-runs.js';
import type { RunRecord, SealEvents } from './run-sealer.js';
import type { RunNames } from './shared-names.js';
import { CLAIMED, LOST, WRITTEN } from './shared-scripts.js';

export interface EventsToWrite {
  readonly events: readonly ChatEvent[];
  /** Null: as it was written before. */
  readonly record: RunRecord | null;
  readonly claim: SealedClaim | null;
  /** Nothing of the run was sent before. */
  readonly isFirst: boolean;
  readonly isEnd: boolean;
  /** The first number to keep. */
  readonly keepFrom: number;
}

export interface WriterSettings {
  readonly runKey: string;
  readonly names: RunNames;
  readonly serverId: string;
  readonly keep: KeepTimes;
  readonly own: OwnRuns;
  readonly seal: SealEvents;
  readonly sealRecord: (record: RunRecord) => string;
  /** Runs {@link writeScript}. */
  readonly runScript: (...args: readonly (string | number)[]) => Promise<number>;
}

/** Writes one run of this server. What is the same for all its events, its key above all, is made once. */
export class RunWriter {
  constructor(private readonly settings: WriterSettings) {}

  /**
   * @returns WRITTEN, FENCED or LOST; CLAIMED for the first events of a run, which may be written then or not
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE: it may be written or not, and can be written again
   */
  async write(toWrite: EventsToWrite): Promise<number> {
    const { runKey, own } = this.settings;
    const { events, claim, isFirst, isEnd } = toWrite;
    const isNew = events[0]?.seq === 1 || !own.has(runKey);
    const begunAt = performance.now();
    let isHeld = isNew ? await own.add(runKey, claim) : true;
    if (!isHeld && isFirst) return CLAIMED;
    const answer = await this.writeLog(toWrite);
    // It may have been taken for dead meanwhile, and the name removed, as there was no run yet.
    if (isNew && performance.now() - begunAt > SURELY_ALIVE_MS) isHeld = await own.add(runKey, claim);
    // Fenced, it may have ended by a write of ours whose answer was lost. Where Redis has nothing of it, it keeps its claim.
    if (answer === WRITTEN ? isEnd : isNew) void own.settle(runKey, answer === LOST ? null : claim);
    else if (answer !== WRITTEN) own.forget(runKey);
    return answer === WRITTEN && !isHeld && isFirst ? CLAIMED : answer;
  }

  /**
   * Nothing more will be written of the run, and its end is in the trail: it needs no name. The server that ended it removes
   * the name, too, unless it fails before: then it looks no more after a server that is alive again.
   */
  leave(): void {
    void this.settings.own.settle(this.settings.runKey, null);
  }

  private writeLog({ events, record, isEnd, keepFrom }: EventsToWrite): Promise<number> {
    const { names, serverId, keep, seal, sealRecord, runScript } = this.settings;
    return runScript(
      names.meta,
      names.log,
      serverId,
      events[0]?.seq ?? 0,
      events.at(-1)?.seq ?? 0,
      seal(events),
      record ? sealRecord(record) : '',
      isEnd ? 1 : 0,
      isEnd ? keep.endedMs : keep.runningMs,
      keepFrom,
      names.news,
    );
  }
}
