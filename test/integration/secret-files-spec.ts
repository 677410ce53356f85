import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registry } from '../../src/providers/registry/registry.js';
import type { Config } from '../../src/config/config.js';
import { ConfigError } from '../../src/config/config-error.js';
import { listVariables, loadConfig, loadDatabaseConfig } from '../../src/config/load-config.js';

const KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
const OTHER_KEY = 'ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100';
const JWT_SECRET = 'a secret that is long enough for HS256';

/** A right value of each variable that holds a secret. */
const secrets: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgresql://keystream:pw@db/keystream',
  MIGRATION_DATABASE_URL: 'postgresql://owner:pw@db/keystream',
  REDIS_URL: 'redis://:pw@redis:6379/0',
  ENCRYPTION_KEY: KEY,
  // Wrapped keys, so that what their services need is read, too.
  ENCRYPTION_KEYS_PREVIOUS: `${OTHER_KEY},aws-kms:AQID,vault:transit/key:vault:v1:AA==`,
  AWS_ACCESS_KEY_ID: 'AKID-of-the-server',
  AWS_SECRET_ACCESS_KEY: 'secret-of-the-server',
  AWS_SESSION_TOKEN: 'session-of-the-server',
  VAULT_TOKEN: 'token-of-the-server',
  AUTH_JWT_SECRET: JWT_SECRET,
  OUTBOUND_PROXY_URL: 'http://user:pw@proxy:3128',
  ALERT_WEBHOOK_URL: 'https://alerts.example/a-token-in-the-path',
  ALERT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 'secret').toString('base64')}`,
  OPENAI_API_KEY: 'sk-proj-of-the-server',
  ANTHROPIC_API_KEY: 'sk-ant-of-the-server',
  GOOGLE_GENERATIVE_AI_API_KEY: 'AIza-of-the-server',
  OPENROUTER_API_KEY: 'sk-or-of-the-server',
  GROQ_API_KEY: 'gsk_of-the-server',
  XAI_API_KEY: 'xai-of-the-server',
  DEEPSEEK_API_KEY: 'sk-of-the-server',
  MISTRAL_API_KEY: 'of-the-server-too',
  FIRECRAWL_API_KEY: 'fc-of-the-server',
  BRAVE_API_KEY: 'BSA-of-the-server',
  TAVILY_API_KEY: 'tvly-of-the-server',
  SERPER_API_KEY: 'of-the-server',
};

const addresses = { AWS_REGION: 'eu-central-1', VAULT_ADDR: 'https://vault.example' };
/** In the place of ENCRYPTION_KEY. */
const WRAPPED = 'aws-kms:AQID';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keystream-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const load = (environment: NodeJS.ProcessEnv): Config =>
  loadConfig({ DATA_DIR: join(folder, 'data'), ...addresses, ...environment }, registry);

/** Every secret of a configuration, in the clear. */
const secretsIn = (config: Config): unknown => ({
  database: config.database,
  redis: config.redis,
  encryption: [config.encryption.currentKey, ...config.encryption.previousKeys].map((key) =>
    'service' in key ? key : key.export().toString('hex'),
  ),
  keyServices: [
    config.encryption.keyServices['aws-kms']?.accessKeyId,
    config.encryption.keyServices['aws-kms']?.secretAccessKey.reveal(),
    config.encryption.keyServices['aws-kms']?.sessionToken?.reveal(),
    config.encryption.keyServices.vault?.token.reveal(),
  ],
  authentication:
    config.authentication.kind === 'shared-secret' && config.authentication.secret.export().toString(),
  proxy: config.outbound.proxy?.headers,
  webhook: [config.alerts.webhook?.url.href, config.alerts.webhook?.secret.export().toString('hex')],
  providers: registry.map(({ id }) => config.getProvider(id).serverKey?.reveal()),
});

/** Each mistake as `VARIABLE: message`. */
function mistakesOf(environment: NodeJS.ProcessEnv): string[] {
  try {
    load({ ENCRYPTION_KEY: KEY, ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.map((m) => `${m.variable}: ${m.message}`);
    throw error;
  }
  return [];
}

describe('a secret in a file', () => {
  it('is possible for every variable that holds a secret, and for no other', () => {
    const names = listVariables(registry).map(({ name }) => name);
    // This one is a file for others to read.
    const files = names.filter((name) => name.endsWith('_FILE') && name !== 'AUDIT_CHECKPOINT_FILE');
    const expected = ['ENCRYPTION_KEY_WRAPPED', ...Object.keys(secrets)].map((name) => `${name}_FILE`);
    expect(files.sort()).toEqual(expected.sort());
  });

  it('may be the key in its wrapped form, beside no other', () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AUTH_JWT_SECRET } = secrets;
    const file = { ENCRYPTION_KEY_WRAPPED_FILE: write('wrapped', `${WRAPPED}\n`), ENCRYPTION_KEY: '' };
    const environment = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AUTH_JWT_SECRET, ...file };
    expect(load(environment).encryption.currentKey).toEqual({ service: 'aws-kms', ciphertext: 'AQID' });
    const mistake = (name: string) => [`ENCRYPTION_KEY_WRAPPED_FILE: is set beside ${name}; set one of them`];
    expect(mistakesOf({ ...environment, ENCRYPTION_KEY: KEY })).toEqual(mistake('ENCRYPTION_KEY'));
    const key = { ENCRYPTION_KEY_FILE: write('key', KEY) };
    expect(mistakesOf({ ...environment, ...key })).toEqual(mistake('ENCRYPTION_KEY_FILE'));
    expect(mistakesOf({ ...environment, ENCRYPTION_KEY_WRAPPED: WRAPPED })).toEqual(
      mistake('ENCRYPTION_KEY_WRAPPED'),
    );
  });

  it.each(['', '\n', '\r\n'])('is what stands in it without its last line break: %j', (lineBreak) => {
    const files = Object.entries(secrets).map(([name, value]) => [
      `${name}_FILE`,
      write(name, value + lineBreak),
    ]);
    const config = load(Object.fromEntries(files) as NodeJS.ProcessEnv);
    expect(secretsIn(config)).toEqual(secretsIn(load(secrets)));
  });

  it('keeps what else stands in it: spaces, and line breaks before the last one', () => {
    const path = write('secret', ` ${JWT_SECRET} \n\n`);
    const { authentication } = load({ ENCRYPTION_KEY: KEY, AUTH_JWT_SECRET_FILE: path });
    expect(authentication).toMatchObject({ kind: 'shared-secret' });
    if (authentication.kind === 'shared-secret')
      expect(authentication.secret.export().toString()).toBe(` ${JWT_SECRET} \n`);
  });

  it('serves migrations, too', () => {
    const file = write('url', `${secrets.DATABASE_URL}\n`);
    expect(loadDatabaseConfig({ DATABASE_URL_FILE: file })).toMatchObject({
      url: secrets.DATABASE_URL,
      migrationUrl: secrets.DATABASE_URL,
    });
  });

  it('counts as set in production', () => {
    const files = ['ENCRYPTION_KEY', 'AUTH_JWT_SECRET', 'DATABASE_URL'].map((name) => [
      `${name}_FILE`,
      write(name, secrets[name] ?? ''),
    ]);
    expect(load({ NODE_ENV: 'production', ...Object.fromEntries(files) }).general.production).toBe(true);
  });

  it.each(Object.keys(secrets))('%s is refused beside its file, also where both are the same', (name) => {
    const path = write(name, secrets[name] ?? '');
    expect(mistakesOf({ ...secrets, [`${name}_FILE`]: path })).toEqual([
      `${name}_FILE: is set beside ${name}; set one of them`,
    ]);
    expect(mistakesOf({ ...secrets, [`${name}_FILE`]: '' })).toEqual([]);
    expect(mistakesOf({ ...secrets, [name]: '', [`${name}_FILE`]: path })).toEqual([]);
  });

  const zero = '/dev/zero';
  it.each<[what: string, make: () => string, mistake: string]>([
    ['missing', () => join(folder, 'missing'), 'names a file that cannot be read (ENOENT)'],
    ['below a file', () => join(write('a', 'b'), 'c'), 'names a file that cannot be read (ENOTDIR)'],
    ['not to be read', () => '/proc/self/mem', 'names a file that cannot be read (EIO)'],
    ['a folder', () => folder, 'must name a file, not a folder or a device'],
    ['a device', () => zero, 'must name a file, not a folder or a device'],
    ['a pipe', () => makePipe(), 'must name a file, not a folder or a device'],
    ['empty', () => write('a', ''), 'names a file that is empty'],
    ['nothing but a line break', () => write('a', '\r\n'), 'names a file that is empty'],
    ['too large', () => write('a', 'a'.repeat(65_537)), 'names a file of more than 65536 bytes'],
    ['no UTF-8', () => write('a', Buffer.from([...Buffer.from(JWT_SECRET), 0xe4])), 'is not UTF-8 text'],
    ['UTF-16', () => write('a', Buffer.from(JWT_SECRET, 'utf16le')), 'is not UTF-8 text'],
    ['with CRLF in it', () => write('a', `${JWT_SECRET}\r\nand more\r\n`), 'with carriage returns'],
    ['too short', () => write('a', 'short\n'), 'has 5 bytes; HS256 needs at least 32'],
  ])('is refused by name where the file is %s', (_, make, mistake) => {
    const path = make();
    const mistakes = mistakesOf({ AUTH_JWT_SECRET_FILE: path });
    expect(mistakes).toEqual([expect.stringMatching(/^AUTH_JWT_SECRET_FILE: /)]);
    expect(mistakes[0]).toContain(mistake);
    expect(mistakes[0]).not.toContain(path);
  });

  it('is reported with all other mistakes, and quoted nowhere', () => {
    const mistakes = mistakesOf({
      PORT: 'a',
      ENCRYPTION_KEY: '',
      ENCRYPTION_KEY_FILE: write('key', `${KEY.slice(1)}\n`),
      ENCRYPTION_KEYS_PREVIOUS_FILE: write('previous', `${OTHER_KEY},x\n`),
      REDIS_URL_FILE: write('redis', 'http://hunter2\n'),
    });
    expect(mistakes.map((mistake) => mistake.split(':')[0])).toEqual([
      'PORT',
      'REDIS_URL_FILE',
      'ENCRYPTION_KEY_FILE',
      'ENCRYPTION_KEYS_PREVIOUS_FILE',
    ]);
    for (const secret of [KEY.slice(1), OTHER_KEY, 'hunter2']) expect(mistakes.join()).not.toContain(secret);
  });
});

function makePipe(): string {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}
