import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProviderDefinition } from '../../src/common/provider-definition.js';
import { openEmbeddedDatabase } from '../../src/prisma/embedded-database.js';

const HEAD = 'Sentin3lHead';
const TAIL = 'Sentin3lTail';

/**
 * A key of the provider's shape that is easy to find again. The characters in its middle are written otherwise in a URL,
 * and end what the log's redaction takes for a key: behind them a leak still shows. Its last four may be seen.
 */
export function sentinelFor({ keyPrefixes }: ProviderDefinition): string {
  return `${keyPrefixes.public[0] ?? ''}${HEAD}/+=&%${TAIL}wxyz`;
}

/** Base64 looks different at each of the three offsets that a text can have in what was encoded; the ends are cut off. */
function base64Of(text: string): string[] {
  return [0, 1, 2].map((offset) =>
    Buffer.from('\0'.repeat(offset) + text)
      .toString('base64')
      .slice(offset === 0 ? 0 : offset + 1, -4),
  );
}

const needles = [HEAD, TAIL].flatMap((part) => [
  part.toLowerCase(),
  Buffer.from(part).toString('hex'),
  ...base64Of(part).map((encoded) => encoded.toLowerCase()),
]);

/** The lines in which the sentinel stands: raw (in a URL it looks the same), in base64 or in hex, in any case. */
export function tracesIn(text: string): string[] {
  return text.split('\n').filter((line) => needles.some((needle) => line.toLowerCase().includes(needle)));
}

/** Every row of every table in an embedded database that no server has open. */
export async function dumpTables(dataDir: string): Promise<string> {
  const { pglite, close } = await openEmbeddedDatabase(dataDir);
  try {
    const tables = await pglite.query<{ name: string }>(
      `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const dumps: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await pglite.query<{ row: string }>(`SELECT to_json(t)::text AS row FROM ${name} t`);
      dumps.push(...rows.map(({ row }) => `${name} ${row}`));
    }
    return dumps.join('\n');
  } finally {
    await close();
  }
}

/** The bytes of every file in a folder, one character each. */
export async function dumpFiles(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const contents = await Promise.all(
    files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
  );
  return contents.join('\n');
}
