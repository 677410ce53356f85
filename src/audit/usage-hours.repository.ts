import { Injectable } from '@nestjs/common';
import type { Cost } from '../common/cost.js';
import { KeySource } from '../common/key-source.enum.js';
import { DatabaseService } from '../prisma/database.service.js';
import type {
  KeyHour as KeyHourRow,
  ModelHour as ModelHourRow,
  UsageHour as UsageHourRow,
} from '../prisma/generated/client.js';
import { costIn } from './cost-in.js';
import { SERVER_KEY } from './writer/roll-up.js';

type WithCost<Row> = Omit<Row, 'cost'> & { readonly cost: Cost | null };
export type UsageHour = WithCost<UsageHourRow>;
export type ModelHour = WithCost<ModelHourRow>;
/** `keyId` null: a key of the server. */
export type KeyHour = Omit<WithCost<KeyHourRow>, 'keyId'> & { readonly keyId: string | null };

const knownSources = Object.values(KeySource);

/**
 * The sums of use as they are kept, hour by hour, the oldest first: at most `limit` rows after one of them. Those of a source
 * that this version does not know are left out, as in the trail.
 */
@Injectable()
export class UsageHoursRepository {
  constructor(private readonly database: DatabaseService) {}

  async listHours(userId: string, limit: number, after: UsageHour | null): Promise<UsageHour[]> {
    const rows = await this.database.client.usageHour.findMany({
      where: { userId, keySource: { in: knownSources } },
      orderBy: [...byPlace],
      take: limit,
      ...(after && {
        cursor: { userId_hour_provider_keySource: { userId, ...placeOf(after) } },
        skip: 1,
      }),
    });
    return rows.map((row) => ({ ...row, cost: costIn(row.cost) }));
  }

  /** Chats by model, from before they were summed up by key. */
  async listModelHours(userId: string, limit: number, after: ModelHour | null): Promise<ModelHour[]> {
    const rows = await this.database.client.modelHour.findMany({
      where: { userId, keySource: { in: knownSources } },
      orderBy: [...byPlace, { model: 'asc' }],
      take: limit,
      ...(after && {
        cursor: {
          userId_hour_provider_keySource_model: { userId, ...placeOf(after), model: after.model },
        },
        skip: 1,
      }),
    });
    return rows.map((row) => ({ ...row, cost: costIn(row.cost) }));
  }

  /** Chats and searches by key and model. */
  async listKeyHours(userId: string, limit: number, after: KeyHour | null): Promise<KeyHour[]> {
    const rows = await this.database.client.keyHour.findMany({
      where: { userId, keySource: { in: knownSources } },
      orderBy: [...byPlace, { keyId: 'asc' }, { model: 'asc' }],
      take: limit,
      ...(after && {
        cursor: {
          userId_hour_provider_keySource_keyId_model: {
            ...{ userId, ...placeOf(after), keyId: after.keyId ?? SERVER_KEY, model: after.model },
          },
        },
        skip: 1,
      }),
    });
    return rows.map(({ keyId, ...row }) => ({
      ...row,
      keyId: keyId === SERVER_KEY ? null : keyId,
      cost: costIn(row.cost),
    }));
  }
}

const byPlace = [{ hour: 'asc' }, { provider: 'asc' }, { keySource: 'asc' }] as const;

const placeOf = ({ hour, provider, keySource }: Pick<UsageHour, 'hour' | 'provider' | 'keySource'>) => ({
  hour,
  provider,
  keySource,
});
