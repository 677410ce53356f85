// The console's operations, as its page sends them: read from console/src/operations, one file for each page.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addTypenameToDocument } from '@apollo/client/utilities';
import { getOperationAST, parse, print, separateOperations } from 'graphql';

const folder = fileURLToPath(new URL('../../console/src/operations/', import.meta.url));

/** @typedef {{ readonly name: string, readonly location: string, readonly document: import('graphql').DocumentNode }} OperationsFile */

/**
 * With `__typename` in every selection, where Apollo Client would add it: what is generated is what is sent, and what the
 * manifest lists.
 *
 * @returns {readonly OperationsFile[]}
 */
export function readOperations() {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => {
      const location = join(folder, file);
      const document = addTypenameToDocument(parse(readFileSync(location, 'utf8'), { noLocation: true }));
      return { name: file.slice(0, -'.graphql'.length), location, document };
    });
}

/**
 * Apollo's manifest of all of them, for a server that runs only what is listed.
 * https://www.apollographql.com/docs/graphos/platform/security/persisted-queries#manifest-format
 *
 * @param {readonly OperationsFile[]} files
 */
export function manifestOf(files) {
  const operations = files.flatMap(({ document }) =>
    Object.entries(separateOperations(document)).map(([name, separate]) => {
      const body = print(separate);
      const id = createHash('sha256').update(body).digest('hex');
      return { id, name, type: getOperationAST(separate)?.operation, body };
    }),
  );
  return { format: 'apollo-persisted-query-manifest', version: 1, operations };
}
