// Copies what GraphiQL is served from into dist, so that serving it needs neither the source nor a package.
import { cp } from 'node:fs/promises';

const dist = new URL('../dist/graphiql/', import.meta.url);
const { graphiqlFiles, graphiqlPage, locate } = await import(new URL('graphiql-files.js', dist).href);

await Promise.all(
  [graphiqlPage, ...graphiqlFiles.values()].map((path) => cp(locate(path), new URL(`files/${path}`, dist))),
);
