import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { heading, say, show } from '../screen.mjs';

const QUERY = 'SELECT provider, envelope FROM sealed_keys JOIN api_keys ON id = key_id ORDER BY id';

/** @typedef {{ provider: string, envelope: string }} Row */

/** @param {import('../demo.mjs').Demo} demo */
export async function lookIntoDatabase(demo) {
  heading('What the database holds of them');
  await demo.stopServer();
  say('The server has stopped for a moment: one process at a time may open its embedded database.');
  const folder = join(demo.dataDir, 'database');
  const rows = await readRows(folder);
  assert.equal(rows.length, Object.keys(demo.keys).length, 'not every key was kept');
  for (const { provider, envelope } of rows) show(provider, `${envelope.slice(0, 76)}…`);
  explain(rows);
  const files = await searchFiles(folder, Object.values(demo.keys));
  say(`None of the keys is in the clear in any of the folder's ${files} files.`);
  await demo.startServer();
}

/** @param {string} folder */
async function readRows(folder) {
  const database = await PGlite.create(folder);
  const { rows } = await database.query(QUERY);
  await database.close();
  return /** @type {Row[]} */ (rows);
}

/** @param {Row[]} rows */
function explain([first]) {
  assert.ok(first, 'nothing was kept');
  const [version, encryptionKey, salt, iv, ciphertext, tag] = first.envelope.split('.');
  assert.ok(ciphertext && tag, 'a key is not sealed as it should be');
  say(`The first, in its parts:`);
  show('version', version);
  show('encryption key', `${encryptionKey}  (its name, not the key)`);
  show('salt', salt);
  show('IV', iv);
  show('ciphertext', ciphertext);
  show('authentication', tag);
}

/** Looks for the keys in every file. @param {string} folder @param {string[]} keys @returns {Promise<number>} files read */
async function searchFiles(folder, keys) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  for (const file of files) {
    const bytes = await readFile(join(file.parentPath, file.name));
    assert.ok(!keys.some((key) => bytes.includes(key)), `a key is in the clear in ${file.name}`);
  }
  return files.length;
}
