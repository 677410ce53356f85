import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The id that Apollo's tools give to an operation. */
export const idOf = (body: string): string => createHash('sha256').update(body).digest('hex');

/** Writes a manifest as Apollo's tools do. @returns its path */
export const writeManifest = (bodies: readonly string[]): string => writeFile(manifestOf(bodies));

/** A manifest's text. */
export function manifestOf(bodies: readonly string[]): string {
  const operations = bodies.map((body) => {
    const [, type = 'query', name = ''] = /^\s*(query|mutation|subscription)\b\s*(\w*)/.exec(body) ?? [];
    return { id: idOf(body), name, type, body };
  });
  return JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });
}

/** Puts a text into a file of its own. @returns its path */
export function writeFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'keystream-manifest-')), 'manifest.json');
  writeFileSync(path, text);
  return path;
}
