import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { hasCode, UNIQUE_VIOLATION } from '../../src/prisma/error-codes.js';
import type { Statement } from '../../src/prisma/statement.js';
import { failureOf } from '../support/collect.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';

const values: Statement = {
  name: 'values-of-every-type',
  sql: `
  SELECT $1::text AS text, $2::text[] AS texts, $3::text AS nothing, 7 AS whole, 12345678901234::bigint AS large,
    1.5::double precision AS fraction, true AS truth, '{"a": 1}'::jsonb AS json, '{"a":1}'::json AS same,
    '2026-11-27 10:20:30.456+00'::timestamptz AS moment, '2026-11-27 10:20:30'::timestamptz AS second,
    '2026-11-27'::date AS day, ARRAY[1, 2] AS numbers, '\\x0102'::bytea AS bytes, 'ACTIVE'::"ApiKeyStatus" AS status,
    '018f0000-0000-7000-8000-000000000000'::uuid AS id, 0.10::numeric AS exact`,
};

const insert: Statement = {
  name: 'insert-a-key',
  sql: `
  INSERT INTO api_keys (id, user_id, provider, masked_key, status)
  VALUES ($1::uuid, $2, 'OPENAI', 'sk-…abcd', 'ACTIVE')`,
};

for (const kind of databaseKinds) {
  describe(`Statements past Prisma on ${kind}`, () => {
    let database: TestDatabase;
    let service: DatabaseService;
    beforeAll(async () => {
      database = await createDatabase(kind);
      const { DATABASE_URL: url = null, DATA_DIR: dataDir = '' } = database.environment;
      service = new DatabaseService({ url, dataDir });
      await service.onModuleInit();
    });
    afterAll(async () => {
      await service.onApplicationShutdown();
      await database.drop();
    });

    it('give values of every type, whatever the driver', async () => {
      const [row] = await service.run<Record<string, unknown>>(values, ['a', ['b', 'c, "d"'], null]);
      const { bytes, ...others } = row!;
      expect(Buffer.from(bytes as Uint8Array)).toEqual(Buffer.of(1, 2));
      expect(others).toEqual({
        text: 'a',
        texts: ['b', 'c, "d"'],
        nothing: null,
        whole: 7,
        large: '12345678901234',
        fraction: 1.5,
        truth: true,
        json: '{"a": 1}',
        same: '{"a":1}',
        moment: '2026-11-27T10:20:30.456+00:00',
        second: '2026-11-27T10:20:30+00:00',
        day: '2026-11-27',
        numbers: [1, 2],
        status: 'ACTIVE',
        id: '018f0000-0000-7000-8000-000000000000',
        exact: '0.10',
      });
    });

    it('fail with the code of the database, and without the row that it quotes', async () => {
      const userId = randomUUID();
      await service.run(insert, [randomUUID(), userId]);
      const error = await failureOf(service.run(insert, [randomUUID(), userId]));
      expect(hasCode(error, UNIQUE_VIOLATION)).toBe(true);
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain(userId);
    });

    it('read what was written meanwhile', async () => {
      const userId = randomUUID();
      const count: Statement = {
        name: 'count-keys',
        sql: 'SELECT count(*)::integer AS count FROM api_keys WHERE user_id = $1',
      };
      expect(await service.run(count, [userId])).toEqual([{ count: 0 }]);
      await service.run(insert, [randomUUID(), userId]);
      expect(await service.run(count, [userId])).toEqual([{ count: 1 }]);
    });

    if (kind === 'PostgreSQL') {
      it('are prepared once for each connection', async () => {
        await service.run(values, ['a', ['b'], null]);
        const prepared: Statement = {
          name: 'prepared',
          sql: 'SELECT count(*)::integer AS count FROM pg_prepared_statements WHERE name = $1',
        };
        expect(await service.run(prepared, [values.name])).toEqual([{ count: 1 }]);
      });
    }
  });
}
