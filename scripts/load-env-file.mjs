import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

const path = fileURLToPath(new URL('../.env', import.meta.url));

/**
 * Reads the file `.env` beside package.json, where there is one, for every command that npm runs here. What the
 * environment says itself wins. The server alone (`node dist/main.js`, as in the container) reads no file.
 */
export function loadEnvFile() {
  if (!existsSync(path)) return;
  const variables = parseEnv(readFileSync(path, 'utf8'));
  // The two name one database: where the environment names another, the file's role for migrations is not for it.
  if (process.env.DATABASE_URL !== undefined) delete variables.MIGRATION_DATABASE_URL;
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value;
}
