import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { listVariables } from '../../src/config/load-config.js';
import { registry } from '../../src/providers/registry/registry.js';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '../..', name), 'utf8');

/** The release line that the project ships on (https://github.com/nodejs/release). */
const SHIPPED = read('.nvmrc').trim();
/** The user `node` of Node's images. */
const USER = '1000';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly pull_policy?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period?: string;
  readonly environment?: Readonly<Record<string, string>>;
}
const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
};

describe('the version of Node', () => {
  it('is the same in every place that names the one that the project ships on', () => {
    const images = [...read('Dockerfile').matchAll(/^FROM node:(\d+)/gm)].map(([, major]) => major);
    expect(images.length).toBeGreaterThan(0);
    expect(new Set(images)).toEqual(new Set([SHIPPED]));
    // The check reads it where developers' tools do.
    expect(read('.ci/run')).toMatch(/^\.ci\/on-shipped-node /m);
    expect(read('.ci/on-shipped-node')).toContain('"node@$(< .nvmrc)"');
  });

  it('is one that is still mended: 20 is not since April 2026', () => {
    expect(Number(SHIPPED)).toBeGreaterThanOrEqual(24);
  });

  it('may be an older one, which the types hold the code to', () => {
    const { engines, devDependencies } = JSON.parse(read('package.json')) as {
      engines: { node: string };
      devDependencies: Record<string, string>;
    };
    expect(engines.node).toBe('>=20.19');
    expect(devDependencies['@types/node']).toMatch(/^20\.19\./);
    expect(read('README.md')).toContain('Node 20.19 or later');
  });
});

describe('the container image', () => {
  const instructions = read('Dockerfile').split('\n');

  it('names its user by number, as runAsNonRoot wants it, and gives the data to that user', () => {
    expect(instructions.filter((line) => line.startsWith('USER '))).toEqual([`USER ${USER}`]);
    expect(instructions.find((line) => line.endsWith(' /data'))).toContain(`--owner=${USER} --group=${USER}`);
  });

  it('is made of what it names, and of no tests, demo or bench', () => {
    const [first, ...named] = read('.dockerignore').trim().split('\n');
    expect(first).toBe('*');
    for (const folder of ['test', 'demo', 'bench']) expect(named).not.toContain(`!${folder}`);
    const copied = instructions.filter((line) => line.startsWith('COPY ')).join('\n');
    expect(copied).not.toMatch(/\b(test|demo|bench)\b/);
  });

  it('is given all that is built from: the source, the console, and what its build reads', () => {
    const named = read('.dockerignore').split('\n');
    const [build = ''] = read('Dockerfile').split(/^FROM .* AS packages$/m);
    const copied = [...build.matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
    for (const name of ['src', 'console', 'scripts', 'schema.graphql', 'tsconfig.json']) {
      expect(copied).toContain(name);
      expect(named).toContain(`!${name}`);
    }
  });

  it('is built once for the migrations and the server, and comes from no registry', () => {
    const ours = Object.entries(services).filter(([, { image }]) => image?.startsWith('keystream'));
    expect(ours.map(([name, { image }]) => [name, image])).toEqual([
      ['migrate', 'keystream:local'],
      ['maintenance', 'keystream:local'],
      ['server', 'keystream:local'],
    ]);
    expect(services.migrate).toMatchObject({ build: '.', pull_policy: 'build' });
    expect(services.server?.build).toBeUndefined();
    expect(services.server).toMatchObject({
      pull_policy: 'never',
      depends_on: { 'server-role': { condition: 'service_completed_successfully' } },
    });
  });

  it('is run as a role that can change neither tables nor trail, with the rights that are documented', () => {
    const documented = /```sql\n-- After each migration.*\n([^`]*)```/.exec(read('docs/operations.md'))![1]!;
    expect(read('deploy/postgres/server-role.sql')).toContain(documented);
    expect(services['server-role']?.depends_on).toEqual({
      migrate: { condition: 'service_completed_successfully' },
    });
    const urls = ['server', 'maintenance', 'migrate'].map(
      (name) => services[name]?.environment?.DATABASE_URL,
    );
    expect(urls.map((url) => new URL(url ?? '').username)).toEqual([
      'keystream_server',
      'keystream',
      'keystream',
    ]);
    // The owner's password is not for the server to know.
    expect(services.server?.environment).toMatchObject({ POSTGRES_PASSWORD: '', MIGRATION_DATABASE_URL: '' });
  });

  it('has the time to drain that its settings give it, and some to end', () => {
    const { default: drainMs } = listVariables(registry).find(({ name }) => name === 'DRAIN_TIMEOUT_MS')!;
    expect(services.server?.stop_grace_period).toBe(`15s\${DRAIN_TIMEOUT_MS:-${String(drainMs)}}ms`);
  });
});
