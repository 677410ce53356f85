import { createSecretKey, randomUUID } from 'node:crypto';
import { projectFile } from '../machine/child.mjs';

/** Rows in one statement. */
const BATCH = 2_000;
const HOUR_MS = 3_600_000;

const load = (/** @type {string} */ path) => import(projectFile(`dist/${path}.js`));

/**
 * Writes rows to the trail as a server does, with MACs and links, and ends its chain.
 *
 * @param {Record<string, string>} environment of a server that has started on the database
 * @param {number} count
 */
export async function fillTrail({ DATABASE_URL: url, ENCRYPTION_KEY: key = '' }, count) {
  const [{ DatabaseService }, { AuditKeyring }, { AuditTrail }, { Vault }, { Keyring }, { addOnly, rowsOf }] =
    await Promise.all([
      load('prisma/database.service'),
      load('audit/chain/audit-keyring'),
      load('audit/chain/audit-trail'),
      load('crypto/vault'),
      load('crypto/keyring'),
      load('audit/trail-rows'),
    ]);
  const database = new DatabaseService({ url, dataDir: '' });
  await database.onModuleInit();
  const keyring = new AuditKeyring(database, new Vault(new Keyring(createSecretKey(key, 'hex'))));
  await keyring.load();
  const trail = new AuditTrail(database, keyring);
  const began = Date.now() - HOUR_MS;
  for (let written = 0; written < count; written += BATCH) {
    const events = Array.from({ length: Math.min(BATCH, count - written) }, (_, index) =>
      trail.seal(rowOf(written + index, new Date(began + (written + index) / 1_000))),
    );
    await trail.write(events, () => database.run(addOnly, [rowsOf(events)]));
    await trail.flush();
  }
  await trail.close();
  await database.onApplicationShutdown();
}

/** @param {number} place @param {Date} at */
function rowOf(place, at) {
  const time = at.getTime().toString(16).padStart(12, '0');
  return {
    id: `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`,
    userId: `user-${place % 1_000}`,
    kind: place % 2 === 0 ? 'KEY_USED' : 'CHAT_FINISHED',
    at,
    provider: 'OPENAI',
    keyId: randomUUID(),
    keySource: 'USER',
    chatId: randomUUID(),
    model: 'bench',
    outcome: 'OK',
    inputTokens: 9,
    outputTokens: 20,
    timeToFirstTokenMs: 12.34,
    durationMs: 1234.567,
  };
}
