// Serves the page, and the packages that the page imports: node examples/browser/serve.mjs
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

const page = new URL('./page/', import.meta.url);
const packages = new URL('../../node_modules/', import.meta.url);
/** @type {Record<string, string>} */
const mediaTypes = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' };

const server = createServer(async (request, response) => {
  const file = locate(request.url ?? '/');
  const body = file && (await readFile(file).catch(() => null));
  if (!file || !body) {
    response.writeHead(404).end();
    return;
  }
  response
    .writeHead(200, {
      'content-type': `${mediaTypes[extname(file.pathname)] ?? 'text/plain'}; charset=utf-8`,
    })
    .end(body);
});

/** @param {string} address @returns {URL | null} */
function locate(address) {
  const { pathname } = new URL(address, 'http://localhost');
  const [root, path] = pathname.startsWith('/node_modules/')
    ? [packages, pathname.slice(14)]
    : [page, pathname.slice(1)];
  // rxjs imports its own files without their extension.
  const file = new URL(path === '' ? 'index.html' : extname(path) ? path : `${path}.js`, root);
  return file.href.startsWith(root.href) ? file : null;
}

server.listen(Number(process.env.PORT ?? 5173), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`http://127.0.0.1:${port}`);
});
