import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { shippedPackages, unwanted } from '../../scripts/licences/packages.mjs';
import { writeFile } from '../support/manifest.js';

const ROOT = join(import.meta.dirname, '../..');

type Lockfile = Parameters<typeof shippedPackages>[0];

interface Ended {
  readonly code: number;
  readonly output: string;
}

const run = (script: string, ...given: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [join(ROOT, 'scripts', script), ...given], (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });

describe('the licences of what is shipped', () => {
  it('are permissive, and listed in docs/licences.md', async () => {
    expect(await run('licences/main.mjs', '--check')).toEqual({ code: 0, output: '' });
  });

  it.each([
    'GPL-3.0-only',
    'AGPL-3.0',
    'LGPL-2.1',
    'MPL-2.0',
    'EPL-2.0',
    'MIT AND GPL-2.0',
    'UNLICENSED',
    undefined,
  ])('are looked at before one is %s', (license) => {
    const shipped = shippedPackages({
      packages: { '': {}, 'node_modules/a': { ...(license && { license }) } },
    });
    expect(unwanted(shipped).map(({ name }) => name)).toEqual(['a']);
  });

  it('are those of an installation without development dependencies', () => {
    const packages = {
      '': { license: 'MIT' },
      'node_modules/@a/b': { license: '(MIT OR GPL-2.0)' },
      'node_modules/c/node_modules/d': { license: '(MIT AND BSD-3-Clause)' },
      'node_modules/e': { license: 'GPL-3.0', dev: true },
      'node_modules/f': { license: 'GPL-3.0', devOptional: true },
      'node_modules/react': { license: 'MIT', dev: true },
    };
    const shipped = shippedPackages({ packages });
    expect(shipped.map(({ name }) => name)).toEqual(['@a/b', 'd', 'react']);
    expect(unwanted(shipped)).toEqual([]);
  });

  it('are also those of all that pages are made of, wherever it is installed', () => {
    const dev = { dev: true, version: '1.0.0', license: 'MIT' };
    const packages = {
      'node_modules/recharts': {
        ...dev,
        dependencies: { a: '1' },
        peerDependencies: { peer: '1', types: '*' },
        peerDependenciesMeta: { types: { optional: true } },
      },
      'node_modules/recharts/node_modules/a': { ...dev, version: '2.0.0', dependencies: { b: '1', c: '1' } },
      'node_modules/recharts/node_modules/b': { ...dev, license: 'GPL-3.0' },
      'node_modules/a': dev,
      'node_modules/b': { ...dev, version: '3.0.0' },
      'node_modules/c': { ...dev, dependencies: { recharts: '1' } },
      'node_modules/peer': dev,
      'node_modules/types': dev,
      'node_modules/other': { ...dev, dependencies: { b: '1' } },
    };
    const shipped = shippedPackages({ packages });
    expect(shipped.map(({ name, version }) => `${name}@${version}`)).toEqual([
      'a@2.0.0',
      'b@1.0.0',
      'c@1.0.0',
      'peer@1.0.0',
      'recharts@1.0.0',
    ]);
    expect(unwanted(shipped).map(({ name }) => name)).toEqual(['b']);
  });

  it('go by the names of packages, also of those that are installed under another one', () => {
    const packages = {
      'node_modules/react': { dev: true, version: '19.0.0', license: 'MIT' },
      'node_modules/react-18': { dev: true, name: 'react', version: '18.3.1', license: 'MIT' },
    };
    expect(
      shippedPackages({ packages })
        .map(({ name, version }) => `${name}@${version}`)
        .sort(),
    ).toEqual(['react@18.3.1', 'react@19.0.0']);
  });

  it('are those of the console', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lockfile;
    const names = shippedPackages({ packages }).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        '@mantine/core',
        '@floating-ui/react',
        'recharts',
        'd3-scale',
        'oidc-client-ts',
      ]),
    );
  });

  it('stop the check by the name of the package', async () => {
    const lockfile = writeFile(
      JSON.stringify({ packages: { 'node_modules/copyleft': { license: 'GPL-3.0-only' } } }),
    );
    const { code, output } = await run('licences/main.mjs', '--check', '--lockfile', lockfile);
    expect(code).toBe(1);
    expect(output).toContain('copyleft: GPL-3.0-only is none of the permissive licences.');
  });
});

describe('the bill of materials', () => {
  it('is CycloneDX, of what is shipped and nothing else', async () => {
    const path = join(tmpdir(), 'sbom.cdx.json');
    expect(await run('sbom.mjs', '--output', path)).toMatchObject({ code: 0 });
    const { bomFormat, metadata, components } = JSON.parse(readFileSync(path, 'utf8')) as {
      bomFormat: string;
      metadata: { component: { type: string; name: string } };
      components: readonly { purl: string }[];
    };
    expect({ bomFormat, ...metadata.component }).toMatchObject({
      bomFormat: 'CycloneDX',
      type: 'application',
      name: 'keystream',
    });
    const urls = components.map(({ purl }) => purl);
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lockfile;
    const expected = shippedPackages({ packages }).map(
      ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`,
    );
    expect(urls.toSorted()).toEqual(expected.toSorted());
    for (const name of ['graphql', '%40nestjs/core', 'undici', 'graphiql'])
      expect(urls).toContainEqual(expect.stringMatching(`^pkg:npm/${name}@`));
    for (const name of ['jest', 'prisma', 'typescript'])
      expect(urls).not.toContainEqual(expect.stringMatching(`^pkg:npm/${name}@`));
  });
});

describe('the check for known vulnerabilities', () => {
  /** One that nothing else depends on. */
  const VULNERABLE = 'prom-client';
  /** The answers of a registry that serves audits, or not. */
  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    'no audits': (response) => response.writeHead(405).end('{}'),
    'nothing at that address': (response) => response.writeHead(404).end('{}'),
    'no findings': (response) => response.end('{}'),
    'a finding of level high': (response) =>
      response.end(JSON.stringify({ [VULNERABLE]: [advisory('high')] })),
    'a finding of level low': (response) => response.end(JSON.stringify({ [VULNERABLE]: [advisory('low')] })),
    'an error': (response) => response.writeHead(500).end('{}'),
  };
  const advisory = (severity: string) => ({
    // npm keeps what it has heard of one.
    id: severity === 'high' ? 1 : 2,
    url: 'https://example.com',
    title: 'A hole',
    severity,
    vulnerable_versions: '*',
    cwe: [],
    cvss: { score: 0, vectorString: null },
  });

  it.each([
    ['no audits', 0, 'The registry serves no audits (it answers 405): nothing was checked.'],
    ['nothing at that address', 0, 'The registry serves no audits (it answers 404): nothing was checked.'],
    ['no findings', 0, 'No known vulnerabilities.'],
    ['a finding of level high', 1, `high: ${VULNERABLE}`],
    ['a finding of level low', 0, `low: ${VULNERABLE}`],
    ['an error', 1, 'npm could not ask for an audit'],
  ])('where the registry has %s, ends with %i', async (answer, code, words) => {
    const cache = mkdtempSync(join(tmpdir(), 'keystream-npm-'));
    const registry = createServer((request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/json');
      // Of what has a finding, it is asked which versions there are.
      if (request.method === 'GET') response.end(JSON.stringify({ name: VULNERABLE, versions: {} }));
      else answers[answer]?.(response);
    }).listen(0, '127.0.0.1');
    await once(registry, 'listening');
    const url = `http://127.0.0.1:${String((registry.address() as AddressInfo).port)}`;
    const ended = await run('audit.mjs', `--registry=${url}`, `--cache=${cache}`, '--fetch-retries=0');
    registry.closeAllConnections();
    registry.close();
    expect(ended.output).toContain(words);
    expect(ended.code).toBe(code);
  });
});
