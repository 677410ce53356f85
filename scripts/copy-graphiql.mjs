// Copies GraphiQL's page and the packages' files that it names into dist, so that serving them needs no package.
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, root));

await cp(path('src/graphiql/page'), path('dist/graphiql/page'), { recursive: true });
const vendored = [
  'react/umd/react.production.min.js',
  'react-dom/umd/react-dom.production.min.js',
  'graphql-ws/umd/graphql-ws.min.js',
  'graphiql/graphiql.min.js',
  'graphiql/graphiql.min.css',
];
await Promise.all(
  vendored.map((file) => cp(path(`node_modules/${file}`), path(`dist/graphiql/vendor/${file}`))),
);
