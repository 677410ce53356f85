// What scripts/schema-engine runs.
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from './build-if-needed.mjs';

const entry = new URL('../dist/cli/schema-engine.js', import.meta.url);

// stdout belongs to the conversation with the CLI.
buildIfNeeded(fileURLToPath(entry), 'ignore');
await import(entry.href);
