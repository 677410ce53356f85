import { Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { AuditKeyring } from '../../src/audit/chain/audit-keyring.js';
import { AuditTrail } from '../../src/audit/chain/audit-trail.js';
import type { SealedEvent } from '../../src/audit/chain/trail-event.js';
import { type Checkpoint, parseCheckpoint } from '../../src/audit/chain/checkpoint.js';
import { DeadChains } from '../../src/audit/chain/dead-chains.js';
import { nextLink, REGISTER } from '../../src/audit/chain/link.js';
import { Links } from '../../src/audit/chain/links.js';
import { pruneTrail } from '../../src/audit/chain/prune.js';
import { renewKeys } from '../../src/audit/chain/renew-keys.js';
import { openNote } from '../../src/audit/chain/signed-note.js';
import { takeCheckpoint } from '../../src/audit/chain/take-checkpoint.js';
import { Verification } from '../../src/audit/chain/verification.js';
import { addOnly, rowsOf } from '../../src/audit/trail-rows.js';
import { DatabaseUnavailableError } from '../../src/prisma/database-unavailable.error.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import type { ServerPresence } from '../../src/redis/server-presence.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';
import { openKeyring } from '../support/trail.js';

const DAY_MS = 86_400_000;

Logger.overrideLogger(false);

describe.each(databaseKinds)('the chains of the trail, on %s', (kind) => {
  let database: TestDatabase;
  let service: DatabaseService;
  let keyring: AuditKeyring;
  let trail: AuditTrail;
  beforeEach(async () => {
    database = await createDatabase(kind);
    const { DATABASE_URL: url = null, DATA_DIR: dataDir = '' } = database.environment;
    service = new DatabaseService({ url, dataDir });
    await service.onModuleInit();
    keyring = await openKeyring(service);
    trail = new AuditTrail(service, keyring);
  });
  afterEach(async () => {
    await service.onApplicationShutdown();
    await database.drop();
  });

  const seal = (by: AuditTrail, detail: string, at = new Date()): SealedEvent =>
    by.seal({
      id: uuidv7({ msecs: at.getTime() }),
      userId: 'alice',
      kind: 'CHAT_FINISHED',
      at,
      provider: 'OPENAI',
      keyId: uuidv7(),
      keySource: 'USER',
      chatId: uuidv7(),
      model: 'a "model" of 日本, with \\ and \n',
      outcome: 'OK',
      inputTokens: 12,
      outputTokens: 9_007_199_254_740_991,
      cachedInputTokens: 0,
      timeToFirstTokenMs: 0.1 + 0.2,
      durationMs: 1e-7,
      detail,
    });
  const write = (...events: readonly SealedEvent[]) => service.run(addOnly, [rowsOf(events)]);
  /** Rows that were committed and linked, minutes ago. */
  const happen = async (count: number, by = trail, at = new Date(Date.now() - 300_000)) => {
    const events = Array.from({ length: count }, (_, index) => seal(by, `event ${index}`, at));
    await write(...events);
    by.committed(events);
    await by.flush();
    return events.map(({ id }) => id);
  };
  const verify = async (known: Checkpoint | null = null, isPartial = false): Promise<string[]> => {
    const faults: string[] = [];
    const listener = { onProgress: () => undefined, onFault: (words: string) => faults.push(words) };
    await new Verification(service, keyring, { page: 3, known, isPartial }, listener).run();
    return faults;
  };
  const checkpoint = () => takeCheckpoint(service, 'test');
  /** What only the tables' owner can do. */
  const tamper = (sql: string) =>
    service.client.$executeRawUnsafe(
      `DO $$ BEGIN SET LOCAL keystream.audit_maintenance = 'on'; ${sql}; END $$`,
    );
  const chain = () => trail.writer!;

  it('verifies where nothing was done to it, in parts too, however the rows are cut into pages', async () => {
    const known = await checkpoint();
    await happen(10);
    const later = await checkpoint();
    await happen(4);
    await trail.close();
    await happen(1);
    for (const at of [null, known, later]) expect(await verify(at)).toEqual([]);
    for (const at of [known, later]) expect(await verify(at, true)).toEqual([]);
  });

  it('has no gap for what was rolled back, and links whatever was committed', async () => {
    const [rolledBack, committed] = [seal(trail, 'never'), seal(trail, 'ever')];
    await service
      .transaction(async (client) => {
        await client.$queryRawUnsafe(addOnly.sql, rowsOf([rolledBack]));
        throw new Error('no');
      })
      .catch(() => undefined);
    await write(committed);
    trail.committed([committed]);
    await trail.flush();
    expect(await service.client.auditLink.findMany({ where: { eventId: { not: null } } })).toEqual([
      expect.objectContaining({ eventId: committed.id, number: 1n }),
    ]);
    expect(await verify()).toEqual([]);
  });

  const columns: [string, string][] = [
    ['user_id', "'bob'"],
    ['kind', "'ANOMALY'"],
    ['at', "at + interval '1 millisecond'"],
    ['provider', "'GOOGLE'"],
    ['provider', 'NULL'],
    ['key_id', 'chat_id'],
    ['key_source', "'SERVER'"],
    ['chat_id', 'key_id'],
    ['model', "model || ' '"],
    ['outcome', "'CANCELLED'"],
    ['input_tokens', '13'],
    ['output_tokens', 'output_tokens - 1'],
    ['cached_input_tokens', 'NULL'],
    ['cache_write_input_tokens', '0'],
    ['time_to_first_token_ms', '0.3'],
    ['duration_ms', '1e-8'],
    ['detail', "''"],
    ['mac', "decode(repeat(md5(detail), 2), 'hex')"],
  ];
  it('finds a change of any column, and says which row', async () => {
    const ids = await happen(columns.length);
    for (const [index, [name, value]] of columns.entries())
      await tamper(`UPDATE audit_events SET ${name} = ${value} WHERE id = '${ids[index]}'`);
    const faults = await verify();
    for (const id of ids) expect(faults).toContain(`row ${id} has a wrong MAC: changed`);
  });

  it('finds a row that lost its MAC, one that is gone, and one that takes the place of another', async () => {
    const [bare, gone, first, second] = await happen(5);
    await tamper(`UPDATE audit_events SET mac = NULL WHERE id = '${bare}'`);
    await tamper(`DELETE FROM audit_events WHERE id = '${gone}'`);
    await tamper(`
      UPDATE audit_events AS event SET
        (user_id, kind, at, provider, key_id, key_source, model, outcome, detail, mac) =
        (other.user_id, other.kind, other.at, other.provider, other.key_id, other.key_source, other.model,
          other.outcome, other.detail, other.mac)
      FROM audit_events AS other WHERE event.id = '${first}' AND other.id = '${second}'`);
    const faults = await verify();
    expect(faults).toContain(`row ${bare} has lost its MAC: changed`);
    expect(faults).toContainEqual(expect.stringMatching(`^row ${gone} is missing: removed`));
    expect(faults).toContain(`row ${first} has a wrong MAC: changed`);
  });

  it('finds rows that no server wrote', async () => {
    const [copied] = await happen(2);
    const ids = [uuidv7(), uuidv7({ msecs: Date.now() - 200_000 })];
    await service.client.$executeRawUnsafe(
      `INSERT INTO audit_events (id, user_id, kind, outcome) VALUES ('${ids[0]}', 'alice', 'KEY_STORED', 'OK')`,
    );
    await service.client.$executeRawUnsafe(`
      INSERT INTO audit_events (id, user_id, kind, outcome, mac, key_generation)
      SELECT '${ids[1]}', user_id, 'KEY_STORED', outcome, mac, key_generation FROM audit_events WHERE id = '${copied}'`);
    expect(await verify()).toEqual([
      `row ${ids[0]} has no MAC: inserted, or changed`,
      `row ${ids[1]} has a wrong MAC and no link: inserted`,
    ]);
    expect(await verify(await checkpoint(), true)).toHaveLength(2);
  });

  it('finds a row with a right MAC that nobody has linked for a minute', async () => {
    await happen(1);
    const late = seal(trail, 'rolled back, and put in by somebody', new Date(Date.now() - 120_000));
    await write(late, seal(trail, 'just written'));
    expect(await verify()).toEqual([
      `row ${late.id} has no link, and is older than a minute: inserted, or its link was removed`,
    ]);
  });

  it('finds links that are gone, changed, swapped, or of nobody', async () => {
    await happen(8);
    const where = (number: number) => `writer = '${chain()}' AND number = ${number}`;
    await tamper(`DELETE FROM audit_links WHERE ${where(2)}`);
    await tamper(`UPDATE audit_links SET hash = decode(md5('x') || md5('y'), 'hex') WHERE ${where(4)}`);
    await tamper(`UPDATE audit_links SET number = 99 WHERE ${where(6)};
      UPDATE audit_links SET number = 6 WHERE ${where(7)}; UPDATE audit_links SET number = 7 WHERE ${where(99)}`);
    const stranger = uuidv7();
    await tamper(`INSERT INTO audit_links (writer, number, note, hash, key_generation)
      VALUES ('${stranger}', 1, '{"type":"END"}', '\\x00', 1)`);
    const faults = await verify();
    expect(faults).toContain(`link 2 of chain ${chain()} missing: removed`);
    for (const number of [4, 5, 6, 7, 8])
      expect(faults).toContainEqual(
        expect.stringMatching(`^link ${number} of chain ${chain()} .* a wrong hash`),
      );
    expect(faults).toContain(`chain ${stranger} is not in the register: inserted`);
    expect(faults).not.toContainEqual(expect.stringMatching(/^link [13] of/));
  });

  it('finds a register that was changed', async () => {
    await happen(1);
    await tamper(
      `UPDATE audit_links SET note = replace(note, 'OPENED', 'BEFORE') WHERE writer = '${REGISTER}' AND number = 2`,
    );
    expect(await verify()).toContain(
      'link 2 of the register of chains has a wrong hash: it was changed, inserted or reordered',
    );
  });

  it('finds a tail that was cut off: of a closed chain at once, of an open one by a checkpoint', async () => {
    const ids = await happen(5);
    const known = await checkpoint();
    const cut = `DELETE FROM audit_links WHERE writer = '${chain()}' AND number >= 4;
      DELETE FROM audit_events WHERE id IN ('${ids[3]}', '${ids[4]}')`;
    const open = chain();
    await tamper(cut);
    expect(await verify()).toEqual([]);
    const words = `link 5 of chain ${open}, which the checkpoint names, is missing: cut off`;
    expect(await verify(known)).toEqual([words]);
    expect(await verify(known, true)).toEqual([words]);
  });

  it('finds the end of a closed chain cut off, and a whole chain', async () => {
    await happen(3);
    const first = chain();
    await trail.close();
    await happen(2);
    await tamper(`DELETE FROM audit_links WHERE writer = '${first}' AND number = 4`);
    expect(await verify()).toEqual([
      `chain ${first} was closed at link 4 and ends at link 3: its end was changed`,
    ]);
    const known = await checkpoint();
    await tamper(`DELETE FROM audit_events USING audit_links WHERE id = event_id AND writer = '${chain()}';
      DELETE FROM audit_links WHERE writer = '${chain()}' OR (writer = '${REGISTER}' AND number = 4)`);
    expect(await verify(known)).toContain(
      'link 4 of the register of chains, which the checkpoint names, is missing: cut off',
    );
  });

  it('counts the rows from before MACs once, and finds a change among them', async () => {
    const earlier = Array.from({ length: 5 }, () => uuidv7({ msecs: Date.now() - DAY_MS }));
    for (const id of earlier)
      await service.client.auditEvent.create({
        data: { id, userId: 'alice', kind: 'KEY_STORED', outcome: 'OK' },
      });
    await happen(1);
    expect(await verify()).toEqual([]);
    await tamper(`UPDATE audit_events SET outcome = 'X' WHERE id = '${earlier[2]}'`);
    expect(await verify()).toEqual([
      expect.stringMatching(/^of the rows from before MACs.*there were 5 and are 5/),
    ]);
    await tamper(`DELETE FROM audit_events WHERE id = '${earlier[2]}'`);
    expect(await verify()).toEqual([expect.stringMatching(/there were 5 and are 4/)]);
  });

  describe('a server that is gone', () => {
    const another = () => new AuditTrail(service, keyring);
    const close = (by: AuditTrail) => new DeadChains(service, keyring, by, null).close();

    it('has its chain closed, and its last rows linked, by the next one', async () => {
      await happen(2);
      const dead = chain();
      const left = seal(trail, 'committed, and not linked');
      await write(left);
      // Put there by somebody else, who hopes that it is linked, too.
      const foreign = uuidv7({ msecs: Date.now() - 120_000 });
      await service.client.$executeRawUnsafe(`
        INSERT INTO audit_events (id, user_id, kind, outcome, mac, key_generation)
        SELECT '${foreign}', user_id, 'KEY_STORED', outcome, mac, key_generation FROM audit_events WHERE id = '${left.id}'`);
      const next = another();
      await close(next);
      expect(await verify()).toEqual([`row ${foreign} has a wrong MAC and no link: inserted`]);
      const link = await service.client.auditLink.findUniqueOrThrow({ where: { eventId: left.id } });
      expect(link.writer).toBe(next.writer);
      const notes = await service.client.auditLink.findMany({ where: { writer: dead, note: { not: null } } });
      expect(notes).toMatchObject([{ number: 3n, note: '{"type":"END"}' }]);
    });

    it('is looked for at a start alone where there is no sign of life', async () => {
      const dead = new DeadChains(service, keyring, another(), null);
      await dead.close();
      await happen(1);
      await dead.close();
      expect(await service.client.auditLink.findMany({ where: { note: '{"type":"END"}' } })).toEqual([]);
    });

    it('is told from others that live, and from all while that cannot be said', async () => {
      const dead = another();
      await happen(2, dead);
      await happen(2);
      const presence = {
        serverId: 'mine',
        canTellDead: false,
        isAlive: (id: string) => Promise.resolve(id === trail.server),
      };
      const closing = async (by: AuditTrail) => {
        await new DeadChains(service, keyring, by, presence as unknown as ServerPresence).close();
        return service.client.auditLink.findMany({ where: { note: '{"type":"END"}' } });
      };
      expect(await closing(another())).toEqual([]);
      presence.canTellDead = true;
      expect(await closing(another())).toMatchObject([{ writer: dead.writer }]);
      expect(await verify()).toEqual([]);
    });

    it('and was only taken for dead begins a new chain, and links nothing twice', async () => {
      await happen(2);
      const before = chain();
      const [left, later] = [seal(trail, 'linked by the other'), seal(trail, 'written on')];
      await write(left, later);
      trail.committed([left]);
      const next = another();
      await close(next);
      trail.committed([left, later]);
      await trail.flush();
      await happen(1);
      expect(chain()).not.toBe(before);
      expect(await verify()).toEqual([]);
      expect(await service.client.auditLink.count({ where: { eventId: { not: null } } })).toBe(5);
    });
  });

  it('goes on where the answer to its links was lost', async () => {
    await happen(1);
    const run = service.run.bind(service);
    let isLost = true;
    service.run = async (statement, values) => {
      const rows = await run(statement, values);
      if (statement.name === 'add-links' && isLost) {
        isLost = false;
        throw new Error('The connection was lost.');
      }
      return rows as never;
    };
    await happen(2);
    await happen(1);
    await trail.flush();
    expect(trail.pending).toBe(0);
    expect(await verify()).toEqual([]);
  });

  it('links rows whose statement got no answer, where they are there after all', async () => {
    const lost = new DatabaseUnavailableError({ cause: new Error('The connection was lost.') });
    const [there, gone] = [seal(trail, 'committed'), seal(trail, 'rolled back')];
    const writing = trail.write([there], async () => {
      await write(there);
      throw lost;
    });
    await expect(writing).rejects.toBe(lost);
    await expect(trail.write([gone], () => Promise.reject(lost))).rejects.toBe(lost);
    await trail.flush();
    const links = await service.client.auditLink.findMany({ where: { eventId: { not: null } } });
    expect(links).toMatchObject([{ eventId: there.id }]);
    // The other one may still be at work.
    await write(gone);
    await trail.flush();
    expect(await service.client.auditLink.count({ where: { eventId: gone.id } })).toBe(1);
    expect(await verify()).toEqual([]);
  });

  it('is cut where its time has come, and what is left verifies, with earlier checkpoints too', async () => {
    const earlier = [uuidv7({ msecs: Date.now() - 9 * DAY_MS }), uuidv7({ msecs: Date.now() - 2 * DAY_MS })];
    for (const [index, id] of earlier.entries()) {
      const at = new Date(Date.now() - (index === 0 ? 9 : 2) * DAY_MS);
      await service.client.auditEvent.create({
        data: { id, at, userId: 'alice', kind: 'KEY_STORED', outcome: 'OK' },
      });
    }
    await happen(3, trail, new Date(Date.now() - 8 * DAY_MS));
    await trail.close();
    await happen(4, trail, new Date(Date.now() - 7 * DAY_MS));
    const known = await checkpoint();
    const kept = await happen(2);
    let removed = 0;
    const before = new Date(Date.now() - 3 * DAY_MS);
    await pruneTrail(service, keyring.current, before, (rows) => (removed += rows));
    expect(removed).toBe(8);
    const left = await service.client.auditEvent.findMany({ orderBy: { id: 'asc' } });
    expect(left.map(({ id }) => id)).toEqual([earlier[1], ...[...kept].sort()]);
    for (const at of [null, known]) expect(await verify(at)).toEqual([]);
    expect(await verify(known, true)).toEqual([]);
    await happen(1);
    await pruneTrail(service, keyring.current, before, (rows) => (removed += rows));
    expect(removed).toBe(8);
    expect(await verify()).toEqual([]);
    await tamper(`DELETE FROM audit_events WHERE id = '${kept[0]}'`);
    expect(await verify()).toHaveLength(1);
  });

  it('keeps every row where those from before MACs are not what they were', async () => {
    const id = uuidv7({ msecs: Date.now() - 9 * DAY_MS });
    const at = new Date(Date.now() - 9 * DAY_MS);
    await service.client.auditEvent.create({
      data: { id, at, userId: 'a', kind: 'KEY_STORED', outcome: 'OK' },
    });
    await happen(1);
    await tamper(`UPDATE audit_events SET detail = 'x' WHERE id = '${id}'`);
    await expect(pruneTrail(service, keyring.current, new Date(), () => undefined)).rejects.toThrow(
      'audit:verify',
    );
    expect(await service.client.auditEvent.count()).toBe(2);
  });

  it('gets new keys: the last checkpoint under the old ones names the next, and old rows verify', async () => {
    await happen(2);
    const old = keyring.current.generation;
    const note = await renewKeys(service, keyring, 'test');
    const text = openNote(note, [{ name: 'keystream/test', publicKey: keyring.find(old)!.publicKey }]);
    expect(parseCheckpoint(text ?? '')?.nextVerifier).toMatch(/^keystream\/test\+[0-9a-f]{8}\+A/);
    expect(keyring.current.generation).toBe(old + 1);
    const before = chain();
    await happen(1);
    await trail.renew();
    await happen(1);
    expect(chain()).not.toBe(before);
    expect(await verify()).toEqual([]);
    // Whoever has the old keys can make rows and links, and nothing that fits.
    const links = new Links(service);
    const [{ head }, oldKeys] = [await links.findEnd(chain()), keyring.find(old)!];
    const forger = new AuditTrail(service, { current: oldKeys } as AuditKeyring);
    const forged = seal(forger, 'forged');
    await write(forged);
    const link = nextLink(oldKeys, chain(), head, { eventId: forged.id, mac: forged.mac, note: null });
    const dead = new DeadChains(service, keyring, trail, null);
    await dead.linkRows(0);
    expect(await service.client.auditLink.count({ where: { eventId: forged.id } })).toBe(0);
    expect(await links.add(oldKeys, [link])).toBe(true);
    expect(await verify()).toEqual([
      `link ${link.number} of chain ${chain()} was made with keys that had been given up: inserted`,
    ]);
  });
});
