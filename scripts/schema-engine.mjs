#!/usr/bin/env node
// In place of the binary that the Prisma CLI would download: prisma.config.ts points the CLI at this file.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const entry = new URL('../dist/cli/schema-engine.js', import.meta.url);

if (!existsSync(entry)) {
  // stdout belongs to the conversation with the CLI, and so does stderr.
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The build failed; npm run build tells more.\n${stdout}`);
}
await import(entry.href);
