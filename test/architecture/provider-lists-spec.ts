import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderKind } from '../../src/common/provider-definition.js';
import { registry } from '../../src/providers/registry/registry.js';

/** Without those that serve only where they are named: they stand in no order. */
const ofKind = (kind: ProviderKind) =>
  registry.filter((entry) => entry.kind === kind && entry.environment !== null);
const orderOf = (kind: ProviderKind): string =>
  ofKind(kind)
    .map(({ id }) => id)
    .join(' → ');
const namesOf = (kind: ProviderKind): string =>
  new Intl.ListFormat('en-GB').format(ofKind(kind).map(({ displayName }) => displayName));

/** A document's text, without its line breaks. */
const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../..', name), 'utf8').replaceAll(/\s+/g, ' ');

describe('a list of providers that no code can derive', () => {
  it.each([
    ['README.md', namesOf('CHAT')],
    ['README.md', namesOf('SEARCH')],
    ['docs/streaming.md', orderOf('CHAT')],
    ['docs/streaming.md', orderOf('SEARCH')],
  ])('is complete and in the order of the registry: %s', (name, list) => {
    expect(read(name)).toContain(list);
  });
});
