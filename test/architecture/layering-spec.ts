import { execFile } from 'node:child_process';
import { json } from 'node:stream/consumers';

/** What only outbound may do. */
const network = [
  "import { request as a1 } from 'undici';",
  "import { get as a2 } from 'node:http';",
  "import { get as a3 } from 'https';",
  "import { connect as a4 } from 'node:http2';",
  "import { connect as a5 } from 'node:net';",
  "import { lookup as a9 } from 'node:dns/promises';",
  "export const a6 = import('undici');",
  "export const a7 = fetch('https://example.com');",
  "export const a8 = new WebSocket('wss://example.com');",
];
const packagesOfProviders = [
  "import OpenAI from 'openai/client';",
  "export const p1 = import('@anthropic-ai/sdk');",
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
  `import { Config } from '${up}config/config.js';`,
  `export const c1 = import('${up}create-app.js');`,
  "import { PrismaClient } from '@prisma/client';",
  "import pg from 'pg';",
  "import { PGlite } from '@electric-sql/pglite';",
];

interface Rule {
  readonly who: string;
  /** It has to exist: the rules know types. */
  readonly file: string;
  readonly lines: readonly string[];
}

const forbidden: readonly Rule[] = [
  {
    who: 'an adapter of a chat provider',
    file: 'src/providers/chat/google/google.provider.ts',
    lines: [
      ...vault('../../../'),
      ...network,
      ...packagesOfProviders,
      ...environment,
      "import { OutboundHttp } from '../../../outbound/outbound-http.js';",
    ],
  },
  {
    who: 'an adapter of a search engine',
    file: 'src/providers/search/brave/brave.engine.ts',
    lines: [...vault('../../../'), ...network, ...packagesOfProviders, ...environment],
  },
  {
    who: 'what opens connections',
    file: 'src/outbound/outbound-http.ts',
    lines: [
      ...vault('../'),
      ...environment,
      'export const d1 = (secret: { reveal(): string }) => secret.reveal();',
    ],
  },
  {
    who: 'a key service',
    file: 'src/key-services/vault-transit.ts',
    lines: [
      ...vault('../').filter((line) => !line.includes('config.js')),
      ...network,
      ...environment,
      "import { Rotation } from '../sealed-records/rotate.js';",
    ],
  },
  {
    who: 'what relays the words of providers',
    file: 'src/chat/answer/answer-mask.ts',
    lines: ['export const e1 = (secret: { revealBytes(): Buffer }) => secret.revealBytes();'],
  },
  {
    who: 'a run',
    file: 'src/chat/run/chat-run.ts',
    lines: [
      "import { RedisConnection } from '../../redis/redis-connection.js';",
      "import { RunMirror } from '../shared/run-mirror.js';",
      "import { ChatInput } from '../schema/chat.inputs.js';",
      "import { OwnedRun } from '../owned/owned-run.js';",
      "import { RetryOnce } from '../answer/retry-once.js';",
      "import { ErrorMask } from '../../graphql/every-door/error-mask.js';",
    ],
  },
  {
    who: 'a door',
    file: 'src/graphql/websocket/websocket-door.ts',
    lines: [
      "import { EventStream } from '../event-stream/event-stream.js';",
      "import { HttpDoor } from '../http/http-door.js';",
      "import { ChatService } from '../../chat/chat.service.js';",
    ],
  },
  ...[
    ['the vault', 'src/crypto/vault.ts'],
    ['the keys', 'src/keys/keys.service.ts'],
    ['the application', 'src/create-app.ts'],
  ].map(([who = '', file = '']) => ({
    who,
    file,
    lines: [...network, ...packagesOfProviders, ...environment],
  })),
];

const allowed: readonly Rule[] = [
  {
    who: 'an adapter',
    file: 'src/providers/chat/openai/openai.provider.ts',
    lines: [
      "import type { Secret } from '../../../common/secret.js';",
      "import type { Responses } from 'openai/resources/responses/responses';",
      'export const header = (key: Secret): [string, Responses] => [key.reveal(), {} as Responses];',
    ],
  },
  {
    who: 'what takes keys out of texts',
    file: 'src/common/key-mask.ts',
    lines: [
      "import type { Secret } from './secret.js';",
      'export const f1 = (key: Secret) => key.revealBytes();',
    ],
  },
];

const rules = [...forbidden, ...allowed];
const ofLayers =
  /^(boundaries\/(dependencies|no-unknown-dependencies)|no-restricted-(imports|globals|syntax|properties))$/;

describe('lint', () => {
  let refusedLines: string[][];
  beforeAll(async () => {
    const eslint = execFile(process.execPath, ['test/architecture/lint-texts.mjs']);
    eslint.stdin?.end(JSON.stringify(rules.map(({ file, lines }) => ({ file, text: lines.join('\n') }))));
    const reports = (await json(eslint.stdout!)) as { ruleId: string; line: number }[][];
    refusedLines = reports.map((messages, index) => {
      const refused = messages.filter(({ ruleId }) => ofLayers.test(ruleId)).map(({ line }) => line);
      return rules[index]!.lines.filter((_, line) => refused.includes(line + 1));
    });
  });
  const refusedOf = (rule: Rule): string[] => refusedLines[rules.indexOf(rule)]!;

  it.each(forbidden)('keeps $who away from all that is not its business', (rule) => {
    expect(refusedOf(rule)).toEqual(rule.lines);
  });

  it.each(allowed)('lets $who do its work', (rule) => {
    expect(refusedOf(rule)).toEqual([]);
  });
});
