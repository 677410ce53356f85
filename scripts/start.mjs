// npm start: serves what `npm run build` made, in this very process, so that signals reach it.
import { existsSync } from 'node:fs';
import { loadEnvFile } from './load-env-file.mjs';

const entry = new URL('../dist/main.js', import.meta.url);

if (!existsSync(entry)) {
  process.stderr.write('There is no build yet. Run: npm run build\n');
  process.exit(1);
}
loadEnvFile();
await import(entry.href);
