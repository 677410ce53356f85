import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { AttachmentSweeper } from '../../src/attachments/attachment-sweeper.js';
import { AttachmentsRepository } from '../../src/attachments/attachments.repository.js';
import { AttachmentsService } from '../../src/attachments/attachments.service.js';
import { Config } from '../../src/config/config.js';
import { ContentKey } from '../../src/crypto/content-key.js';
import { Vault } from '../../src/crypto/vault.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { DatabaseUnavailableError } from '../../src/prisma/database-unavailable.error.js';
import { Rotation } from '../../src/sealed-records/rotate.js';
import { createToken, inDays, revokeToken } from '../support/access-tokens.js';
import { databaseKinds } from '../support/database.js';
import { gif, notes, pdf, png } from '../support/media.js';
import { vaultOf } from '../support/sealed-keys.js';
import { signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const MAX_BYTES = 1_000_000;
const DAY_MS = 86_400_000;
const COMPLETE = 'mutation ($input: ChatInput!) { completeChat(input: $input) { text } }';
const DELETE = 'mutation ($id: ID!) { deleteMyData(confirmUserId: $id) { deletedKeys } }';
const BOUNDARY = 'the-boundary';

/** A form as a client writes it. */
const part = (content: string, name = 'file', filename = '; filename="a.txt"') =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${filename}\r\n\r\n${content}\r\n`;
const END = `--${BOUNDARY}--\r\n`;

describe.each(databaseKinds)('attachments on %s', (kind) => {
  const server = useTestServer({ MAX_ATTACHMENT_BYTES: String(MAX_BYTES) }, kind);

  const database = () => server().app.get(DatabaseService).client;
  const count = async (table: 'attachments' | 'attachment_chunks') => {
    const [row] = await database().$queryRawUnsafe<{ n: number }[]>(
      `SELECT count(*)::integer AS n FROM ${table}`,
    );
    return row!.n;
  };
  const useIn = async (userId: string, attachmentId: string, type: 'file' | 'image' = 'file') => {
    const messages = [{ role: 'USER', parts: [{ [type]: { attachmentId } }] }];
    return server().post<any>(userId, COMPLETE, { input: { messages } });
  };
  const post = async (body: string, headers: Record<string, string> = {}) =>
    fetch(`${server().url}/attachments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await signToken('alice')}`,
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        ...headers,
      },
      body,
    });
  const refusal = async (response: Response) => {
    const { errors } = (await response.json()) as any;
    if (response.status === 400) expect(errors[0].message).toContain('multipart/form-data');
    return [response.status, errors[0].extensions.code] as unknown;
  };
  /** A request of which only the beginning is sent. */
  const begin = async (sent: string, token?: string): Promise<Socket> => {
    const bearer = token ?? (await signToken('alice'));
    const socket = connect(Number(new URL(server().url).port), '127.0.0.1');
    socket.write(
      `POST /attachments HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${bearer}\r\n` +
        `content-type: multipart/form-data; boundary=${BOUNDARY}\r\ncontent-length: 900000\r\n\r\n${sent}`,
    );
    return socket;
  };
  const untilCount = async (table: 'attachments' | 'attachment_chunks', wanted: number) => {
    while ((await count(table)) !== wanted) await new Promise((resolve) => setImmediate(resolve));
  };

  describe('are taken', () => {
    it.each([
      ['an image', png, 'image/png'],
      ['another image', gif, 'image/gif'],
      ['a PDF', pdf, 'application/pdf'],
      ['a text', notes, 'text/plain'],
    ])('as %s, told by its content', async (_, content, mimeType) => {
      const response = await server().upload('alice', content, 'misleading.exe');
      expect(response.status).toBe(201);
      expect(response.headers.get('cache-control')).toBe('no-store');
      const body = (await response.json()) as Record<string, unknown>;
      expect(body).toEqual({
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        mimeType,
        bytes: content.length,
        expiresAt: expect.any(String),
      });
      const left = new Date(String(body.expiresAt)).getTime() - Date.now();
      expect(left).toBeGreaterThan(DAY_MS - 60_000);
      expect(left).toBeLessThanOrEqual(DAY_MS);
    });

    it('up to the limit to the byte, and not beyond', async () => {
      expect((await server().upload('alice', Buffer.alloc(MAX_BYTES, 'a'))).status).toBe(201);
      const refused = await server().upload('alice', Buffer.alloc(MAX_BYTES + 1, 'a'));
      const { errors } = (await refused.json()) as any;
      expect(refused.status).toBe(413);
      expect(errors[0].message).toContain('MAX_ATTACHMENT_BYTES');
      expect(await count('attachments')).toBe(1);
    });

    it('and sealed: neither content nor name can be read in the database', async () => {
      await server().attach('alice', Buffer.from('the secret plan '.repeat(20_000)), 'secret-plan.txt');
      const rows = await database().$queryRawUnsafe(
        `SELECT attachments::text AS row, sealed, sealed_name FROM attachments
         JOIN attachment_chunks ON attachment_id = attachments.id`,
      );
      const kept = (rows as { row: string; sealed: Uint8Array; sealed_name: Uint8Array }[]).map(
        ({ row, sealed, sealed_name: name }) =>
          row + Buffer.from(sealed).toString('latin1') + Buffer.from(name).toString('latin1'),
      );
      expect(kept).toHaveLength(2);
      expect(kept.join('')).not.toMatch(/secret/);
    });

    it('by a name that can stand in a line of text', async () => {
      const id = await server().attach('alice', notes, `a\u0007b${'😀'.repeat(200)}`);
      const found = (await server().app.get(AttachmentsService).find('alice', [id])).get(id)!;
      expect(found.name).toMatch(/^ab(😀)+\ufffd$/);
    });

    it('of which the smallest take room, too', async () => {
      const room = Math.floor((10 * MAX_BYTES) / 65_536);
      await database().$executeRawUnsafe(
        `INSERT INTO attachments (id, user_id, envelope, encryption_key_id, bytes, created_at, expires_at)
         SELECT gen_random_uuid(), 'alice', 'v1.a', 'a', 1, now(), now() + interval '1 hour' FROM generate_series(1, ${room})`,
      );
      expect((await server().upload('alice', png)).status).toBe(429);
      expect((await server().upload('bob', png)).status).toBe(201);
    });

    it('until their owner has ten times the limit, and again when one has expired', async () => {
      for (let sent = 0; sent < 10; sent += 1)
        await server().attach('alice', Buffer.alloc(MAX_BYTES - 500, 'a'));
      const full = await server().upload('alice', Buffer.alloc(200_000, 'a'));
      const { errors } = (await full.json()) as any;
      expect([full.status, errors[0].extensions.code]).toEqual([429, 'RATE_LIMITED']);
      expect(errors[0].extensions.retryAfterMs).toBeGreaterThan(DAY_MS - 120_000);
      await server().attach('bob', png);
      await database().$executeRawUnsafe(
        `UPDATE attachments SET expires_at = now() WHERE id = (SELECT min(id::text)::uuid FROM attachments)`,
      );
      await server().attach('alice', Buffer.alloc(200_000, 'a'));
    });

    it('within the room of their owner also where many come at once', async () => {
      const contents = Array.from({ length: 4 }, () => Buffer.alloc(600_000, 'a'));
      for (let sent = 0; sent < 9; sent += 1)
        await server().attach('alice', Buffer.alloc(MAX_BYTES - 500, 'a'));
      const statuses = await Promise.all(
        contents.map(async (each) => (await server().upload('alice', each)).status),
      );
      expect(statuses.sort()).toEqual([201, 429, 429, 429]);
    });
  });

  describe('are refused', () => {
    it.each<[string, number, string, Record<string, string>]>([
      ['what is no form', 400, '{}', { 'content-type': 'application/json' }],
      ['what has no type of its own', 400, '{}', { 'content-type': 'application/octet-stream' }],
      ['a form without a boundary', 400, '', { 'content-type': 'multipart/form-data' }],
      ['an empty form', 400, END, {}],
      ['another field', 400, part('text', 'data') + END, {}],
      ['a second file', 400, part('text') + part('more') + END, {}],
      ['a field beside the file', 400, part('text') + part('more', 'note', '') + END, {}],
      ['a form that is cut', 400, part('text').slice(0, -10), {}],
      ['a form without its end', 400, part('text'), {}],
      ['an empty file', 415, part('') + END, {}],
      ['what is of no type', 415, part('\x00\x01\x02') + END, {}],
    ])('as %s', async (_, status, body, headers) => {
      expect(await refusal(await post(body, headers))).toEqual([status, 'BAD_USER_INPUT']);
      expect(await count('attachments')).toBe(0);
    });

    it('without a token, and by a token without the scope, before anything is read', async () => {
      const asked = fetch(`${server().url}/attachments`, {
        method: 'POST',
        headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
        body: part('text') + END,
      });
      expect(await refusal(await asked)).toEqual([401, 'UNAUTHENTICATED']);
      const { secret } = await createToken(server(), 'alice', {
        name: 'a',
        scopes: ['SEARCH'],
        expiresAt: inDays(1),
      });
      const refused = await post(part('text') + END, { authorization: `Bearer ${secret}` });
      expect(await refusal(refused)).toEqual([403, 'FORBIDDEN']);
      expect(await count('attachments')).toBe(0);
    });

    it('by their length alone', async () => {
      const socket = await begin('');
      socket.destroy();
      const asked = await post('a'.repeat(MAX_BYTES + 20_000));
      expect(await refusal(asked)).toEqual([413, 'BAD_USER_INPUT']);
    });

    it('by what stands behind the file, however long it says to be', async () => {
      const socket = connect(Number(new URL(server().url).port), '127.0.0.1');
      socket.write(
        `POST /attachments HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${await signToken('alice')}\r\n` +
          `content-type: multipart/form-data; boundary=${BOUNDARY}\r\ntransfer-encoding: chunked\r\n\r\n`,
      );
      const send = (text: string) => socket.write(`${text.length.toString(16)}\r\n${text}\r\n`);
      send(part('text') + END);
      for (let sent = 0; sent < MAX_BYTES + 100_000; sent += 50_000) send('x'.repeat(50_000));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
      socket.destroy();
      await untilCount('attachments', 0);
    });

    it('and what is left of a short one is dropped: the connection serves the next request', async () => {
      const body = part('a'.repeat(40_000), 'data') + END;
      const socket = connect(Number(new URL(server().url).port), '127.0.0.1');
      const head =
        `POST /attachments HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${await signToken('alice')}\r\n` +
        `content-type: multipart/form-data; boundary=${BOUNDARY}\r\ncontent-length: `;
      socket.write(`${head}${body.length}\r\n\r\n${body.slice(0, 1_000)}`);
      expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 400 /);
      const next = part('text') + END;
      socket.write(`${body.slice(1_000)}${head}${next.length}\r\n\r\n${next}`);
      expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 201 /);
      socket.destroy();
    });

    it('where four come already', async () => {
      const sockets = await Promise.all(
        Array.from({ length: 4 }, () => begin(part('a'.repeat(300_000)).slice(0, -4))),
      );
      await untilCount('attachment_chunks', 4);
      expect(await refusal(await post(part('text') + END))).toEqual([429, 'RATE_LIMITED']);
      for (const socket of sockets) socket.destroy();
      await untilCount('attachments', 0);
      expect((await post(part('text') + END)).status).toBe(201);
    });
  });

  describe('leave nothing behind', () => {
    it('where the client goes away', async () => {
      const socket = await begin(part('a'.repeat(300_000)).slice(0, -4));
      await untilCount('attachment_chunks', 1);
      socket.destroy();
      await untilCount('attachments', 0);
      expect(await count('attachment_chunks')).toBe(0);
    });

    it('where the access token is revoked', async () => {
      const { id, secret } = await createToken(server(), 'alice', {
        name: 'a',
        scopes: ['CHAT'],
        expiresAt: inDays(1),
      });
      const socket = await begin(part('a'.repeat(300_000)).slice(0, -4), secret);
      await untilCount('attachment_chunks', 1);
      await revokeToken(server(), 'alice', id);
      await untilCount('attachments', 0);
      socket.destroy();
    });

    it('where the database is away, but what expires', async () => {
      const repository = server().app.get(AttachmentsRepository);
      const away = jest
        .spyOn(repository, 'addChunk')
        .mockImplementation(() => Promise.reject(new DatabaseUnavailableError()));
      expect(await refusal(await server().upload('alice', notes))).toEqual([503, 'SERVICE_UNAVAILABLE']);
      away.mockRestore();
      expect(await count('attachments')).toBe(0);
    });

    it('where their owner has all data deleted meanwhile', async () => {
      const socket = await begin(part('a'.repeat(300_000)).slice(0, -4));
      await untilCount('attachment_chunks', 1);
      await server().query('alice', DELETE, { id: 'alice' });
      socket.write('a'.repeat(500_000));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
      expect(await count('attachments')).toBe(0);
      socket.destroy();
    });
  });

  describe('that are kept', () => {
    beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));

    it('are gone with all data of their owner, and stand in the export before', async () => {
      const attachmentId = await server().attach('alice', notes, 'notes.txt');
      await server().attach('bob', png);
      const lines = (await server().exportOf('alice')).trimEnd().split('\n');
      const own = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'attachment');
      expect(own).toEqual([
        {
          type: 'attachment',
          id: attachmentId,
          name: 'notes.txt',
          mimeType: 'text/plain',
          bytes: notes.length,
          createdAt: expect.any(String),
          expiresAt: expect.any(String),
        },
      ]);
      await server().query('alice', DELETE, { id: 'alice' });
      expect(await count('attachments')).toBe(1);
      expect(await count('attachment_chunks')).toBe(1);
    });

    it('are not there when they have expired, and removed when no chat can read them any more', async () => {
      const attachmentId = await server().attach('alice', notes);
      await database().$executeRawUnsafe('UPDATE attachments SET expires_at = now()');
      const { errors } = await useIn('alice', attachmentId);
      expect(errors[0]!.extensions.violations).toMatchObject([
        { path: 'input.messages.0.parts.0.file.attachmentId' },
      ]);
      const sweeper = server().app.get(AttachmentSweeper);
      expect(await sweeper.sweep(new Date(Date.now() + 500_000))).toBe(0);
      expect(await sweeper.sweep(new Date(Date.now() + 700_000))).toBe(1);
      expect(await count('attachment_chunks')).toBe(0);
    });

    it('are not there where their key was retired, also for a server that has it still', async () => {
      const attachmentId = await server().attach('alice', notes);
      await database().$executeRawUnsafe(
        `INSERT INTO retired_encryption_keys (id) SELECT encryption_key_id FROM attachments`,
      );
      try {
        const { errors } = await useIn('alice', attachmentId);
        expect(errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
      } finally {
        await database().$executeRawUnsafe('DELETE FROM retired_encryption_keys');
      }
    });

    it('are not there before all of them has come', async () => {
      const socket = await begin(part('a'.repeat(300_000)).slice(0, -4));
      await untilCount('attachment_chunks', 1);
      const [{ id }] = await database().$queryRawUnsafe<[{ id: string }]>('SELECT id::text FROM attachments');
      expect((await useIn('alice', id)).errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
      socket.destroy();
      await untilCount('attachments', 0);
    });

    it.each<[string, string]>([
      ['lacks a chunk', 'DELETE FROM attachment_chunks WHERE index = 1'],
      ['lacks its end', 'UPDATE attachments SET chunk_count = 2'],
      [
        'has a chunk in the place of another',
        `UPDATE attachment_chunks SET sealed = (SELECT sealed FROM attachment_chunks AS other WHERE index = 0 AND other.attachment_id = attachment_chunks.attachment_id) WHERE index = 1`,
      ],
      [
        'has a chunk that was changed',
        'UPDATE attachment_chunks SET sealed = set_byte(sealed, 60, 1 + get_byte(sealed, 60) % 2) WHERE index = 2',
      ],
      [
        'has the key of another',
        `UPDATE attachments SET envelope = (SELECT envelope FROM attachments AS other WHERE other.id <> attachments.id)`,
      ],
    ])('end a chat where one %s, and nothing is sent to the end', async (_, damage) => {
      const attachmentId = await server().attach('alice', Buffer.alloc(500_000, 'a'));
      await server().attach('alice', notes);
      await database().$executeRawUnsafe(damage);
      const { errors } = await useIn('alice', attachmentId);
      expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', retryable: false });
      expect(server().standIn.requests).toEqual([]);
    });

    it('open for no other user, whatever the database says', async () => {
      const attachmentId = await server().attach('alice', notes);
      await server().storeKey('bob', 'OPENAI', KEY);
      await database().$executeRawUnsafe(`UPDATE attachments SET user_id = 'bob'`);
      expect((await useIn('bob', attachmentId)).errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
    });

    it('are re-sealed with their key alone, and then open without the previous one', async () => {
      const attachmentId = await server().attach('alice', notes);
      const vault = server().app.get(Vault);
      const next = vaultOf('c'.repeat(64), server().environment.ENCRYPTION_KEY!);
      const rotation = (by: Vault) =>
        new Rotation(
          server().app.get(DatabaseService),
          by,
          { batch: 10, dryRun: false },
          {
            onProgress: () => undefined,
            onUnreadable: () => undefined,
          },
        );
      const chunks = () => database().$queryRawUnsafe('SELECT sealed FROM attachment_chunks');
      const before = await chunks();
      await rotation(next).run();
      expect(await chunks()).toEqual(before);
      const service = (by: Vault) =>
        new AttachmentsService(server().app.get(AttachmentsRepository), by, server().app.get(Config));
      const found = (await service(vaultOf('c'.repeat(64))).find('alice', [attachmentId])).get(attachmentId);
      const pieces: Uint8Array[] = [];
      for await (const piece of found!.read()) pieces.push(piece);
      expect(Buffer.concat(pieces)).toEqual(notes);
      expect((await service(vault).find('alice', [attachmentId])).size).toBe(0);
      await rotation(vaultOf(server().environment.ENCRYPTION_KEY!, 'c'.repeat(64))).run();
    });

    it('are read with a key that is overwritten afterwards, however that ends', async () => {
      const destroyed = jest.spyOn(ContentKey.prototype, 'destroy');
      try {
        const attachmentId = await server().attach('alice', notes);
        const found = (await server().app.get(AttachmentsService).find('alice', [attachmentId])).get(
          attachmentId,
        )!;
        for await (const _ of found.read()) break;
        expect(destroyed).toHaveBeenCalledTimes(3);
      } finally {
        destroyed.mockRestore();
      }
    });
  });
});
