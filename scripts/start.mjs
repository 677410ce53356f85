// npm start: serves what `npm run build` made, in this very process, so that signals reach it.
import { existsSync } from 'node:fs';
import { loadEnvFile } from './load-env-file.mjs';

const entry = new URL('../dist/main.js', import.meta.url);

if (!existsSync(entry)) {
  process.stderr.write('There is no build yet. Run: npm run build\n');
  process.exit(1);
}
/** @type {typeof import('../src/cli/run-command.js')} */
const { readOptionsOrExit } = await import(new URL('../dist/cli/run-command.js', import.meta.url).href);
readOptionsOrExit(
  process.argv.slice(2),
  {
    call: 'npm start',
    does: 'Serves what npm run build made. Its settings are environment variables: .env.example lists them.',
  },
  {},
);
loadEnvFile();
await import(entry.href);
