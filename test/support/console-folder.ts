import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { manifestOf } from './manifest.js';

/** What the console of this suite asks for; its second operation is one that operators list, too. */
export const CONSOLE_OPERATIONS = [
  'query ConsoleViewer {\n  viewer {\n    id\n  }\n}',
  'mutation ConsoleDelete($id: ID!) {\n  deleteApiKey(keyId: $id) {\n    deletedKeyId\n  }\n}',
];

export const CONSOLE_SCRIPT = `console.log(${JSON.stringify('the console '.repeat(200))});\n`;

const index = `<!doctype html>
<html lang="en">
  <head>
    <meta property="csp-nonce" nonce="KEYSTREAM_NONCE" />
    <meta name="keystream-console" content="KEYSTREAM_SETTINGS" />
    <link rel="stylesheet" nonce="KEYSTREAM_NONCE" href="/console/assets/index-Ab12.css" />
    <script type="module" nonce="KEYSTREAM_NONCE" src="/console/assets/index-Ab12.js"></script>
  </head>
</html>
`;
const renewed = `<!doctype html>
<script type="module" nonce="KEYSTREAM_NONCE" src="/console/assets/renewed-Cd34.js"></script>
`;

/** A built page, as `npm run build` leaves one: small, and of this suite alone. Null leaves a file out. @returns its folder */
export function writeConsole(others: Readonly<Record<string, string | Buffer | null>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'keystream-console-'));
  const files: Record<string, string | Buffer | null> = {
    'index.html': index,
    'renewed.html': renewed,
    'licences.txt': 'Copyright (c) Somebody Ünlike\n',
    'operations.json': manifestOf(CONSOLE_OPERATIONS),
    'assets/index-Ab12.js': CONSOLE_SCRIPT,
    'assets/index-Ab12.js.br': brotliCompressSync(CONSOLE_SCRIPT),
    'assets/index-Ab12.js.gz': gzipSync(CONSOLE_SCRIPT),
    'assets/index-Ab12.css': 'body { margin: 0 }\n',
    'assets/renewed-Cd34.js': 'export {};\n',
    'assets/fonts/plain-Ef56.woff2': Buffer.from([0, 1, 2, 255]),
    'assets/.env': 'SECRET=1\n',
    ...others,
  };
  for (const [name, content] of Object.entries(files)) {
    if (content === null) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
