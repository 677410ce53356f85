import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** The lines of `code` that lint refuses where it stands in `file`, which has to exist: the rules know types. */
async function refusedLines(file: string, lines: readonly string[]): Promise<string[]> {
  const eslint = execFile(process.execPath, [
    'node_modules/eslint/bin/eslint.js',
    ...['--stdin', '--stdin-filename', file, '--format', 'json'],
  ]);
  eslint.stdin?.end(lines.join('\n'));
  const output = await text(eslint.stdout!);
  const [report] = JSON.parse(output) as [{ messages: { ruleId: string; line: number }[] }];
  const rules =
    /^(boundaries\/(dependencies|no-unknown-dependencies)|no-restricted-(imports|globals|syntax|properties))$/;
  const refused = report.messages.filter(({ ruleId }) => rules.test(ruleId)).map(({ line }) => line);
  return lines.filter((_, index) => refused.includes(index + 1));
}

/** What nobody but outbound may do. */
const network = [
  "import { request as a1 } from 'undici';",
  "import { get as a2 } from 'node:http';",
  "import { get as a3 } from 'https';",
  "import { connect as a4 } from 'node:http2';",
  "import { connect as a5 } from 'node:net';",
  "export const a6 = import('undici');",
  "export const a7 = fetch('https://example.com');",
  "export const a8 = new WebSocket('wss://example.com');",
  "import OpenAI from 'openai/client';",
];

const environment = [
  "import { env } from 'node:process';",
  "import process1 from 'process';",
  'export const b1 = process.env.ENCRYPTION_KEY;',
];

/** What leads to stored keys, or to the keys that seal them. */
const vault = (up: string) => [
  `import { AppModule } from '${up}app.module.js';`,
  `import { createApp } from '${up}create-app.js';`,
  `import { Vault } from '${up}crypto/vault.js';`,
  `import { KeysService } from '${up}keys/keys.service.js';`,
  `import { DatabaseService } from '${up}prisma/database.service.js';`,
  "import { PrismaClient } from '@prisma/client';",
  "import pg from 'pg';",
  "import { PGlite } from '@electric-sql/pglite';",
];

jest.setTimeout(60_000);

describe('lint', () => {
  it.each([
    ['an adapter of a chat provider', 'src/providers/adapters/google.provider.ts'],
    ['an adapter of a search engine', 'src/search/adapters/brave.engine.ts'],
  ])('keeps %s away from the vault, the network and the environment', async (_, file) => {
    const forbidden = [
      ...vault('../../'),
      ...network.filter((line) => !line.includes('openai') || file.includes('search')),
      ...environment,
      "import { Config } from '../../config/config.js';",
      "export const c1 = import('../../create-app.js');",
    ];
    expect(await refusedLines(file, forbidden)).toEqual(forbidden);
  });

  it('keeps what opens connections away from the vault', async () => {
    const forbidden = [
      ...vault('../'),
      ...environment,
      "import { Config } from '../config/config.js';",
      "export const c1 = import('../create-app.js');",
      'export const c2 = (secret: { reveal(): string }) => secret.reveal();',
    ];
    expect(await refusedLines('src/outbound/outbound-http.ts', forbidden)).toEqual(forbidden);
  });

  it.each([
    ['the vault', 'src/crypto/vault.ts'],
    ['the keys', 'src/keys/keys.service.ts'],
    ['the application', 'src/create-app.ts'],
  ])('keeps %s away from the network and the environment', async (_, file) => {
    const forbidden = [...network, ...environment];
    expect(await refusedLines(file, forbidden)).toEqual(forbidden);
  });

  it('lets an adapter do its work', async () => {
    const allowed = [
      "import type { Secret } from '../../common/secret.js';",
      "import type { OutboundHttp } from '../../outbound/outbound-http.js';",
      "export const load = () => import('openai');",
      'export const header = (key: Secret, http: OutboundHttp) => [key.reveal(), http];',
    ];
    expect(await refusedLines('src/providers/adapters/openai.provider.ts', allowed)).toEqual([]);
  });
});
