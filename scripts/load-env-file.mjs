import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

const path = fileURLToPath(new URL('../.env', import.meta.url));

/**
 * Reads the file `.env` beside package.json, where there is one, for every command that npm runs here. What the
 * environment says itself wins, also where the one names a secret and the other the file that it stands in, or its wrapped
 * form. The server alone (`node dist/main.js`, as in the container) reads no file.
 */
export function loadEnvFile() {
  if (!existsSync(path)) return;
  const variables = parseEnv(readFileSync(path, 'utf8'));
  const said = new Set(Object.keys(process.env).map(withoutForm));
  // The two name one database: where the environment names another, the file's role for migrations is not for it.
  if (said.has('DATABASE_URL')) said.add('MIGRATION_DATABASE_URL');
  for (const [name, value] of Object.entries(variables)) {
    if (!said.has(withoutForm(name))) process.env[name] = value;
  }
}

/**
 * The variable that others say in another form.
 *
 * @param {string} name
 */
const withoutForm = (name) => name.replace(/(_WRAPPED)?(_FILE)?$/, '');
