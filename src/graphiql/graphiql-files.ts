import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where the files are: the page's own and other packages' where they come from, so that a change shows at a reload; and
 * the copies of both that the build makes (scripts/copy-graphiql.mjs), so that serving them needs neither the source nor
 * a development dependency.
 */
const folders = ['../../src/graphiql/page/', '../../node_modules/', './files/'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

/** The page itself. */
export const graphiqlPage = 'index.html';

/** Everything that is served as `/graphiql/<name>`, and its path in one of the folders. */
export const graphiqlFiles: ReadonlyMap<string, string> = new Map([
  ['page.css', 'page.css'],
  ['page.mjs', 'page.mjs'],
  ['answer.mjs', 'answer.mjs'],
  ['fetcher.mjs', 'fetcher.mjs'],
  ['operation.mjs', 'operation.mjs'],
  ['outline.mjs', 'outline.mjs'],
  ['tabs.mjs', 'tabs.mjs'],
  ['token.mjs', 'token.mjs'],
  ['react.js', 'react-18/umd/react.production.min.js'],
  ['react-dom.js', 'react-dom-18/umd/react-dom.production.min.js'],
  ['graphql-ws.js', 'graphql-ws/umd/graphql-ws.min.js'],
  ['graphiql.js', 'graphiql/graphiql.min.js'],
  ['graphiql.css', 'graphiql/graphiql.min.css'],
]);

/** The whole path of what is in one of the folders. */
export function locate(path: string): string {
  const found = folders.map((folder) => join(folder, path)).find((candidate) => existsSync(candidate));
  if (found === undefined) throw new Error(`GraphiQL's ${path} is missing: npm run build brings it.`);
  return found;
}
