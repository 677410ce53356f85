import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { transformFileSync } from '@swc/core';
import { ConfigError } from './config-error.js';
import type { DevelopmentSecret } from './development-secrets.js';
import { unwrapped } from './encryption.js';
import { loadConfig } from './load-config.js';

describe('secrets made for development', () => {
  let parent: string;
  let folder: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'keystream-secrets-'));
    folder = join(parent, 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const load = (environment: NodeJS.ProcessEnv = {}) => loadConfig({ DATA_DIR: folder, ...environment }, []);
  const keyOf = (config: ReturnType<typeof load>) =>
    unwrapped(config.encryption.currentKey).export().toString('hex');
  const modeOf = (path: string) => statSync(path).mode & 0o777;

  it('are made at first start, for this user alone, and serve from then on', () => {
    const first = load();
    const second = load();
    expect(keyOf(second)).toBe(keyOf(first));
    expect(readdirSync(folder).sort()).toEqual(['development-encryption-key', 'development-jwt-secret']);
    expect(modeOf(folder)).toBe(0o700);
    for (const file of readdirSync(folder)) expect(modeOf(join(folder, file))).toBe(0o600);
    expect(first.warnings).toEqual([
      'ENCRYPTION_KEY is not set: one was made for development, kept in DATA_DIR (development-encryption-key).',
      'AUTH_JWT_SECRET is not set: one was made for development, kept in DATA_DIR (development-jwt-secret).',
    ]);
    expect(second.warnings[0]).toBe(
      'ENCRYPTION_KEY is not set: the one made for development serves, kept in DATA_DIR (development-encryption-key).',
    );
  });

  it('are not made where they are set, nor a JWT secret beside a key set', () => {
    load({
      ENCRYPTION_KEY: '0123456789abcdef'.repeat(4),
      AUTH_JWKS_URL: 'https://id.example/jwks',
      AUTH_ISSUER: 'https://id.example',
      AUTH_AUDIENCE: 'keystream',
    });
    expect(readdirSync(parent)).toEqual([]);
  });

  it('are checked like set ones, and the mistake says where they are kept', () => {
    load();
    writeFileSync(join(folder, 'development-encryption-key'), 'half a k');
    expect(() => load()).toThrow(
      'ENCRYPTION_KEY: the one kept in DATA_DIR (development-encryption-key) has 8 characters',
    );
  });

  it('report a folder that cannot be used', () => {
    writeFileSync(folder, 'not a folder');
    expect(() => load()).toThrow(ConfigError);
    expect(() => load()).toThrow('DATA_DIR: cannot keep development-encryption-key (EEXIST)');
  });

  it('come with a warning where others may look into the folder, whose mode stays', () => {
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    expect(load().warnings).toContain('DATA_DIR can be read by other users of this machine: chmod 700 it.');
    expect(modeOf(folder)).toBe(0o755);
  });

  it('are the same for all who start at once, and leave no draft', async () => {
    const secrets = await makeInThreads(8, join(parent, 'compiled'), folder);
    const made = secrets.filter(({ made }) => made);
    expect(made).toHaveLength(1);
    expect(new Set(secrets.map(({ text }) => text)).size).toBe(1);
    expect(made[0]?.text).toMatch(/^[\da-f]{64}$/);
    expect(readdirSync(folder)).toEqual(['secret']);
  });
});

/** Threads that compiled our code wait for each other and then make the same secret at the same moment. */
async function makeInThreads(count: number, compiled: string, folder: string): Promise<DevelopmentSecret[]> {
  mkdirSync(compiled);
  writeFileSync(join(compiled, 'package.json'), '{ "type": "module" }');
  for (const name of ['development-secrets', 'private-folder', 'system-error']) {
    const { code } = transformFileSync(join(import.meta.dirname, `${name}.ts`));
    writeFileSync(join(compiled, `${name}.js`), code);
  }
  writeFileSync(
    join(compiled, 'thread.js'),
    `import { parentPort, workerData } from 'node:worker_threads';
     import { developmentSecret } from './development-secrets.js';
     const { arrived, count, folder } = workerData;
     if (Atomics.add(arrived, 0, 1) === count - 1) Atomics.notify(arrived, 0);
     for (let seen; (seen = Atomics.load(arrived, 0)) < count; ) Atomics.wait(arrived, 0, seen);
     parentPort.postMessage(developmentSecret(folder, 'secret'));`,
  );
  const arrived = new Int32Array(new SharedArrayBuffer(4));
  const threads = Array.from({ length: count }, async () => {
    const thread = new Worker(join(compiled, 'thread.js'), { workerData: { arrived, count, folder } });
    const [secret] = (await once(thread, 'message')) as [DevelopmentSecret];
    return secret;
  });
  return Promise.all(threads);
}
