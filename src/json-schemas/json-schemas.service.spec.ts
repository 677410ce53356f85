import { JsonSchemas } from './json-schemas.service.js';

const DRAFT_7 = 'http://json-schema.org/draft-07/schema#';
const DRAFT_2020 = 'https://json-schema.org/draft/2020-12/schema';

describe('JsonSchemas', () => {
  let schemas: JsonSchemas;
  beforeEach(() => {
    schemas = new JsonSchemas();
  });
  afterEach(() => schemas.onModuleDestroy());

  const findFault = (...given: unknown[]) =>
    schemas.findFault(
      'alice',
      given.map((schema) => JSON.stringify(schema)),
    );

  it.each<[string, unknown]>([
    ['an empty one', {}],
    ['draft 7', { $schema: DRAFT_7, items: [{}], definitions: { a: {} } }],
    ['draft 2020-12', { $schema: DRAFT_2020, prefixItems: [{}], $defs: { a: {} } }],
    ['one without a draft', { prefixItems: [{}] }],
    ['one with what nobody knows', { frobnicate: { type: 7 } }],
    ['a pattern that is none: it is not made', { pattern: '(', format: 'regex' }],
    ['a reference, which is not followed', { $ref: 'https://127.0.0.1:1/schema' }],
    ['an id, twice', { $id: 'https://example.com/a' }],
  ])('accepts %s', async (_, schema) => {
    expect(await findFault(schema, schema)).toBeNull();
  });

  it.each<[string, unknown, string | null]>([
    ['an unknown type', { properties: { a: { type: 'text' } } }, 'type'],
    ['no list', { required: 'a' }, 'required'],
    ['no number', { items: { maxLength: -1 } }, 'maxLength'],
    ['a list of schemas, since 2020', { $schema: DRAFT_2020, items: [{}] }, 'items'],
    ['no schema in draft 7', { $schema: DRAFT_7, not: 7 }, 'not'],
    ['none in a place of its own name', { properties: { type: 7 } }, 'type'],
  ])('finds %s', async (_, schema, keyword) => {
    expect(await findFault({}, schema)).toEqual({ index: 1, keyword });
  });

  it('has nothing to do for none', async () => {
    expect(await schemas.findFault('alice', [])).toBeNull();
  });

  it('looks at one request after the other, and mixes up none', async () => {
    const faults = await Promise.all(
      Array.from({ length: 20 }, (_, index) => findFault(...Array<object>(index).fill({}), { type: 'none' })),
    );
    expect(faults.map((fault) => fault && typeof fault === 'object' && fault.index)).toEqual([
      ...Array(20).keys(),
    ]);
  });

  it('does not compare all values of an enum with each other', async () => {
    const values = Array.from({ length: 9_000 }, (_, a) => ({ a }));
    expect(await findFault({ $schema: DRAFT_7, enum: values })).toBeNull();
  });

  it('takes many schemas without holding the event loop', async () => {
    await findFault({});
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    const fault = await findFault(...Array<object>(10).fill({ allOf: Array<object>(20_000).fill({}) }));
    clearInterval(counting);
    expect(fault).toBeNull();
    // None, where they were looked at here.
    expect(turns).toBeGreaterThan(2);
  });

  it('gives up what takes more memory than it may, and goes on with the next', async () => {
    const large = Array.from({ length: 60 }, () => ({ allOf: Array<object>(400_000).fill({}) }));
    const [costly, next] = await Promise.all([findFault(...large), findFault({})]);
    expect(costly).toBe('TOO_COSTLY');
    expect(next).toBeNull();
  });

  it('answers those that wait when the server stops', async () => {
    const waiting = Promise.allSettled([findFault({}), findFault({})]);
    await schemas.onModuleDestroy();
    const results = [...(await waiting), ...(await Promise.allSettled([findFault({})]))];
    expect(results).toEqual(
      Array(3).fill({ status: 'rejected', reason: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }) }),
    );
  });
});
