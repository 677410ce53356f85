#!/usr/bin/env node
// In place of the binary that the Prisma CLI would download: prisma.config.ts points the CLI at this file.
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from './build-if-needed.mjs';

const entry = new URL('../dist/cli/schema-engine.js', import.meta.url);

// stdout belongs to the conversation with the CLI, and so does stderr.
buildIfNeeded(fileURLToPath(entry), 'ignore');
await import(entry.href);
