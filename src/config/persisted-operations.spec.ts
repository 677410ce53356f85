import { tmpdir } from 'node:os';
import { writeFile, writeManifest } from '../../test/support/manifest.js';
import { persistedOperations } from './persisted-operations.js';

const operation = { id: '1', name: 'Viewer', type: 'query', body: 'query Viewer { viewer { id } }' };
const manifest = (operations: unknown, others: object = {}): string =>
  JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations, ...others });

const read = (path: string) => persistedOperations.parse(path);

describe('PERSISTED_OPERATIONS', () => {
  it("reads a manifest as Apollo's tools write it", () => {
    const body = 'mutation Delete { deleteApiKey(keyId: "1") { deletedKeyId } }';
    expect(read(writeManifest([body]))).toEqual([{ id: expect.any(String), type: 'mutation', body }]);
  });

  it.each([
    ['is not there', () => '/nowhere/manifest.json', 'names a file that cannot be read (ENOENT)'],
    ['is a folder', () => tmpdir(), 'must name a file, not a folder or a device'],
    [
      'is too long',
      () => writeFile(' '.repeat(16 * 1024 * 1024 + 1)),
      /^names a file of more than \d+ bytes$/,
    ],
    ['is empty', () => writeFile(''), 'names a file that is not JSON'],
    ['is no JSON', () => writeFile('{"format":'), 'names a file that is not JSON'],
    ['is a list', () => writeFile('[]'), /^must name a file with "format"/],
    [
      'has no format',
      () => writeFile(manifest([operation], { format: null })),
      /^must name a file with "format"/,
    ],
    ['is of another version', () => writeFile(manifest([operation], { version: 2 })), /and "version": 1$/],
    [
      'has no list of operations',
      () => writeFile(manifest({ '1': operation })),
      'names a file without operations',
    ],
    ['has no operations', () => writeFile(manifest([])), 'names a file without operations'],
    [
      'has one that is none',
      () => writeFile(manifest([operation, 'x'])),
      'operation 2 of its file is no object',
    ],
    [
      'has one without an id',
      () => writeFile(manifest([{ ...operation, id: '' }])),
      /^operation 1 .* has no id$/,
    ],
    ['has one without a text', () => writeFile(manifest([{ ...operation, body: 1 }])), /has no body$/],
    [
      'has one of another type',
      () => writeFile(manifest([{ ...operation, type: 'x' }])),
      /query, mutation, sub/,
    ],
    [
      'has two of one id',
      () => writeFile(manifest([operation, { ...operation, id: '2' }, operation])),
      'operation 3 of its file has the id of operation 1',
    ],
  ])('refuses a file that %s', (_, path, message) => {
    const place = path();
    expect(() => read(place)).toThrow(message);
  });
});
