import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where the files are: the page's own; others' as the build copied them (nest-cli.json), so that serving them needs no
 * development dependency; and others' where npm put them, for running from source.
 */
const folders = ['./page/', './vendor/', '../../node_modules/'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

/** Everything that is served as `/graphiql/<name>`, and its path in one of the folders. */
export const graphiqlFiles: ReadonlyMap<string, string> = new Map([
  ['page.css', 'page.css'],
  ['page.mjs', 'page.mjs'],
  ['answer.mjs', 'answer.mjs'],
  ['tabs.mjs', 'tabs.mjs'],
  ['token.mjs', 'token.mjs'],
  ['react.js', 'react/umd/react.production.min.js'],
  ['react-dom.js', 'react-dom/umd/react-dom.production.min.js'],
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
