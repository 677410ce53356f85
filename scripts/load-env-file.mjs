import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../.env', import.meta.url));

/**
 * Reads the file `.env` beside package.json, where there is one, for every command that npm runs here. What the
 * environment says itself wins. The server alone (`node dist/main.js`, as in the container) reads no file.
 */
export function loadEnvFile() {
  if (existsSync(path)) process.loadEnvFile(path);
}
