import { getEventListeners } from 'node:events';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
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

  describe('a schema of a client', () => {
    const by = (
      schema: unknown,
      draft: 'DRAFT_7' | 'DRAFT_2020_12' = 'DRAFT_2020_12',
      patterns: string[] = [],
    ) => ({
      draft,
      text: JSON.stringify(schema),
      patterns,
    });
    const { signal } = new AbortController();
    const fits = (schema: unknown, text: string, draft?: 'DRAFT_7' | 'DRAFT_2020_12') =>
      schemas.fits('alice', by(schema, draft), text, signal);
    /** Takes years. */
    const doubling = {
      $ref: '#/$defs/0',
      $defs: Object.fromEntries(
        Array.from({ length: 40 }, (_, level) => [
          String(level),
          level === 39
            ? { type: 'null' }
            : { anyOf: Array(2).fill({ $ref: `#/$defs/${String(level + 1)}` }) },
        ]),
      ),
    };

    it.each<[unknown, string, boolean]>([
      [{ type: 'object', required: ['a'] }, '{"a":1}', true],
      [{ type: 'object', required: ['a'] }, '{"b":1}', false],
      [{ required: ['constructor'] }, '{}', false],
      [{ type: 'object' }, '{"a":', false],
      [{}, '', false],
      [{}, ' \n{} ', true],
      [{ prefixItems: [{ type: 'null' }], items: false }, '[null]', true],
      [{ prefixItems: [{ type: 'null' }], items: false }, '[null,1]', false],
      [{ type: 'object', unevaluatedProperties: false, allOf: [{ properties: { a: {} } }] }, '{"a":1}', true],
      [
        { type: 'object', unevaluatedProperties: false, allOf: [{ properties: { a: {} } }] },
        '{"b":1}',
        false,
      ],
      [{ pattern: '^\\p{L}+$' }, '"Köln"', true],
      [{ pattern: '^\\p{L}+$' }, '"K1"', false],
      [{ patternProperties: { '^a': { type: 'null' }, '^b': { type: 'number' } } }, '{"a":null,"b":1}', true],
      [
        { patternProperties: { '^a': { type: 'null' }, '^b': { type: 'number' } } },
        '{"a":null,"b":null}',
        false,
      ],
      [{ format: 'date' }, '"no date"', true],
      [{ $defs: { a: { items: { $ref: '#/$defs/a' } } }, $ref: '#/$defs/a' }, '[[[]]]', true],
      [{ multipleOf: 0.01 }, '19.99', true],
      [{ multipleOf: 0.01 }, '1.15', true],
      [{ multipleOf: 0.1 }, '0.3', true],
      [{ multipleOf: 0.01 }, '19.995', false],
      [{ multipleOf: 0.01 }, '6990.73', true],
      [{ multipleOf: 0.001 }, '524.305', true],
      [{ multipleOf: 0.01 }, '-0.07', true],
      [{ multipleOf: 1e11 }, '1', false],
      [{ multipleOf: 3 }, '1e308', false],
      [{ multipleOf: 5e-324 }, '1.7e308', true],
      [{ multipleOf: 7 }, '0', true],
      [{ multipleOf: 1 }, '1e999', false],
    ])('says of %j whether it fits %s', async (schema, text, expected) => {
      expect(await fits(schema, text)).toBe(expected);
    });

    it('is of its own draft', async () => {
      const tuple = { items: [{ type: 'null' }], additionalItems: false };
      expect(await fits(tuple, '[null,1]', 'DRAFT_7')).toBe(false);
      expect(await fits(tuple, '[null]', 'DRAFT_7')).toBe(true);
    });

    it('is compiled for one text alone: its id is free for another', async () => {
      expect(await fits({ $id: 'https://a.example/', type: 'null' }, 'null')).toBe(true);
      expect(await fits({ $id: 'https://a.example/', type: 'number' }, '1')).toBe(true);
    });

    it.each<[string, unknown, string[], unknown]>([
      ['compiles', { pattern: 'a' }, ['a'], 'GOOD'],
      ['has a pattern that is none', {}, ['a', '('], { pattern: 1 }],
      ['has one that looks around', {}, ['(?!a)'], { pattern: 0 }],
      ['leads nowhere', { $ref: '#/$defs/a' }, [], 'BAD'],
    ])('is tried out: it %s', async (_, schema, patterns, expected) => {
      expect(await schemas.tryToCompile('alice', by(schema, undefined, patterns))).toEqual(expected);
    });

    it('that takes too much is checked by nobody, and the next one is', async () => {
      const [costly, deep, next] = await Promise.all([
        fits(doubling, '"a"'),
        fits({ items: { $ref: '#' } }, '['.repeat(100_000) + ']'.repeat(100_000)),
        fits({ type: 'string' }, '"a"'),
      ]);
      expect(costly).toBeNull();
      expect(deep).toBeNull();
      expect(next).toBe(true);
    });

    it('waits for one of another user at the most', async () => {
      const order: string[] = [];
      const ask = async (user: string, schema: unknown) => {
        await schemas.fits(user, by(schema), '"a"', signal);
        order.push(user);
      };
      await Promise.all([
        ask('mallory', doubling),
        ask('mallory', doubling),
        ask('mallory', doubling),
        ask('alice', { type: 'string' }),
      ]);
      expect(order).toEqual(['mallory', 'alice', 'mallory', 'mallory']);
    });

    it('leaves nothing that listens, and would hold text and schema', async () => {
      const made = jest.spyOn(AbortSignal, 'any');
      expect(await fits({}, '{}')).toBe(true);
      const [ended] = made.mock.results.map(({ value }) => value as AbortSignal);
      made.mockRestore();
      expect(getEventListeners(ended!, 'abort')).toEqual([]);
    });

    it('is given up with its chat', async () => {
      const controller = new AbortController();
      const costly = fits(doubling, '"a"');
      const waiting = schemas.fits('alice', by({}), '{}', controller.signal);
      controller.abort();
      expect(await waiting).toBeNull();
      expect(await schemas.fits('alice', by({}), '{}', controller.signal)).toBeNull();
      expect(await costly).toBeNull();
    });

    it('is not checked, and that is logged, where there is no worker', async () => {
      const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
      await schemas.onModuleDestroy();
      expect(await fits({}, '{}')).toBeNull();
      expect(warn).toHaveBeenCalledTimes(1);
      warn.mockRestore();
    });
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
