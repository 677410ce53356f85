import { HELLO } from '../support/test-server.js';
import { CAN_REPORT, reportOf } from '../support/process-report.js';
import { bestOf } from '../support/timing.js';
import { useServerProcess } from '../support/use-server-process.js';

const COMPLETE = `mutation ($input: ChatInput!) { completeChat(input: $input) { text schemaValid } }`;
const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';
const KEY = 'key-of-bob-0123456789';
/** The promise of the event loop, in milliseconds of the processor. */
const LONGEST_MS = 50;
const DRAFT_7 = 'http://json-schema.org/draft-07/schema#';

const many = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));
const named = <Item>(count: number, item: (index: number) => Item): Record<string, Item> =>
  Object.fromEntries(many(count, (index) => [`n${String(index)}`, item(index)]));
const nested = (levels: number): object =>
  many(levels, () => 0).reduce<object>((inner) => ({ not: inner }), {});
/** Each level twice the next: of so many levels the number that takes years. */
const doubling = (levels: number) => ({
  $ref: '#/$defs/n0',
  $defs: named(levels, (level) =>
    level === levels - 1
      ? { type: 'null' }
      : {
          anyOf: [{ $ref: `#/$defs/n${String(level + 1)}` }, { $ref: `#/$defs/n${String(level + 1)}` }],
        },
  ),
});

describe('a schema of a hostile client', () => {
  const running = useServerProcess({}, CAN_REPORT);

  /** What holds the loop by itself does so each time: a machine that is busy with other things does not. */
  const expectFree = async (work: () => Promise<unknown>) => {
    const heldBy = async (): Promise<number> => {
      await reportOf(running().server);
      await work();
      return (await reportOf(running().server)).longestMs;
    };
    expect(await bestOf(3, LONGEST_MS, heldBy)).toBeLessThan(LONGEST_MS);
  };

  const storeKey = async (user: string, provider: string) => {
    running().standIn.acceptKey(provider, KEY);
    await running().server.post(user, STORE, { input: { provider, apiKey: KEY } });
  };

  interface Result {
    readonly code: string;
    readonly path: string;
    readonly text: string;
    readonly schemaValid: boolean | null;
  }

  const ask = async (
    responseSchema: object,
    { user = 'alice', provider = 'MISTRAL', said = 'null' } = {},
  ): Promise<Result> => {
    const messages = [...HELLO, { role: 'USER', content: `say: ${said}` }];
    const { data, errors } = await running().server.post(user, COMPLETE, {
      input: { provider, messages, responseSchema },
    });
    const { code = '', violations } = (errors[0]?.extensions ?? {}) as Record<string, any>;
    return { code, path: violations?.[0]?.path ?? '', ...data?.completeChat };
  };

  it.each<[string, object, string]>([
    ['longer than 64 KiB', { description: 'é'.repeat(33_000) }, ''],
    ['of a million characters', { description: 'x'.repeat(1_000_000) }, ''],
    ['of very many numbers', { enum: many(32_769, () => 1) }, ''],
    ['of more than 32 levels', nested(33), ''],
    ['of 190 levels', nested(190), ''],
    ['of no draft', { $schema: 'https://127.0.0.1:1/schema' }, '.$schema'],
    ['that leads out', { $ref: 'https://127.0.0.1:1/schema' }, '.$ref'],
    ['that leads to a file', { $ref: 'file:///etc/passwd' }, '.$ref'],
    ['that leads out by a dynamic way', { $dynamicRef: 'other#a' }, '.$dynamicRef'],
    ['that leads to the draft', { $ref: 'https://json-schema.org/draft/2020-12/schema' }, '.$ref'],
    ['that leads nowhere', { items: { $ref: '#/$defs/none' } }, '.items.$ref'],
    ['that leads to what is no schema', { $ref: '#/enum/0', enum: [{ pattern: '(a+)+$' }] }, '.$ref'],
    ['that leads to a note', { $ref: '#/default', default: { maxLength: 'x' } }, '.$ref'],
    ['of another base', { $defs: { a: { $id: 'https://127.0.0.1:1/' } } }, '.$defs.0.$id'],
    ['of data', { properties: { a: { maximum: { $data: '1/b' } } } }, '.properties.0.maximum.$data'],
    ['of data as a constant', { const: { $data: '/a' } }, '.const.$data'],
    ['that looks ahead', { properties: { a: { pattern: '(?=a)a' } } }, '.properties.0.pattern'],
    ['that looks back', { patternProperties: { '(a)\\1': {} } }, '.patternProperties.0'],
    ['that repeats too much', { pattern: '(a{1000}){1000}' }, '.pattern'],
    ['of brackets that do not close', { pattern: '('.repeat(20_000) }, '.pattern'],
    ['that is none', { type: 'text' }, ''],
    ['of what the compiler alone knows', { type: 7, $async: true }, ''],
  ])('is refused by name, and holds nothing up: %s', async (_, schema, place) => {
    let result: Result | undefined;
    await expectFree(async () => (result = await ask(schema)));
    expect(result).toMatchObject({ code: 'BAD_USER_INPUT', path: `input.responseSchema${place}` });
  });

  it.each<[string, object]>([
    ['schemas', { allOf: many(21_000, () => ({})) }],
    ['properties', { properties: named(4_000, () => ({})) }],
    ['what is required', { required: many(9_000, String) }],
    ['references', { anyOf: many(5_000, () => ({ $ref: '#/$defs/a' })), $defs: { a: {} } }],
    [
      'references in a row',
      { $ref: '#/$defs/n0', $defs: named(1_500, (n) => ({ $ref: `#/$defs/n${String(n + 1)}` })) },
    ],
    ['values to compare', { $schema: DRAFT_7, enum: many(9_000, (a) => ({ a })) }],
    ['patterns', { allOf: many(2_000, (n) => ({ pattern: `a${String(n)}|(b|c)*d{900}` })) }],
    ['one pattern', { pattern: '[a-z]?'.repeat(5_000) + '[a-z]'.repeat(5_000) }],
    [
      'a long name before others',
      { properties: { ['n'.repeat(28_000)]: { properties: named(3_000, () => ({})) } } },
    ],
    ['a cycle', { $ref: '#' }],
    ['cycles', { allOf: many(2_000, () => ({ $ref: '#' })) }],
    ['ids of the compiler', { id: 'a', $async: true, nullable: true, discriminator: { propertyName: 'a' } }],
  ])('is taken or refused, and holds nothing up: very many %s', async (_, schema) => {
    for (const provider of ['OPENAI', 'ANTHROPIC', 'GOOGLE', 'XAI', 'MISTRAL']) {
      let result: Result | undefined;
      await storeKey('carol', provider);
      await expectFree(async () => (result = await ask(schema, { user: 'carol', provider })));
      if (result!.code !== '') expect(result!.code).toBe('BAD_USER_INPUT');
      else expect(result!.text).toBe('null');
    }
  });

  it.each<[string, object, string]>([
    ['alternatives without end', doubling(40), '"a"'],
    [
      'a pattern of all states',
      { pattern: `${'(a?)'.repeat(900)}${'a'.repeat(900)}b` },
      `"${'a'.repeat(60_000)}"`,
    ],
    [
      'values to tell apart',
      { uniqueItems: true },
      `[${many(15_000, (n) => `{"a":${String(n)}}`).join(',')}]`,
    ],
    [
      'a text as deep as it is long',
      { items: { $ref: '#' } },
      `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    ],
    ['a very long text', { type: 'string' }, `"${'a'.repeat(200_000)}"`],
  ])('is given its answer, checked or not, and holds nothing up: %s', async (_, schema, said) => {
    await storeKey('bob', 'MISTRAL');
    let result: Result | undefined;
    await expectFree(async () => (result = await ask(schema, { user: 'bob', said })));
    expect(result!.text).toBe(said);
    expect([true, false, null]).toContain(result!.schemaValid);
  });

  it('is refused with what the compiler passes over', async () => {
    const literal = '{ properties: { __proto__: { type: "null" } } }';
    const { errors } = await running().server.post(
      'alice',
      `mutation { completeChat(input: {
      messages: [{ role: USER, content: "Hello" }], responseSchema: ${literal} }) { text } }`,
    );
    expect(errors[0]!.extensions.violations).toMatchObject([{ path: 'input.responseSchema.properties' }]);
  });

  it('says what it cannot say with null', async () => {
    await storeKey('bob', 'MISTRAL');
    expect(await ask(doubling(40), { user: 'bob', said: '"a"' })).toMatchObject({
      text: '"a"',
      schemaValid: null,
    });
    expect(await ask({ type: 'string' }, { user: 'bob', said: '"a"' })).toMatchObject({ schemaValid: true });
  });

  it('lets a pattern that never ends in other engines end', async () => {
    await storeKey('bob', 'MISTRAL');
    const said = `"${'a'.repeat(50_000)}b"`;
    expect(await ask({ pattern: '^(a+)+$' }, { user: 'bob', said })).toMatchObject({ schemaValid: false });
  });

  it('may have properties of any name', async () => {
    await storeKey('bob', 'MISTRAL');
    const properties = { constructor: { type: 'null' }, prototype: {}, hasOwnProperty: { type: 'null' } };
    const said = '{"constructor":null,"hasOwnProperty":null}';
    expect(await ask({ properties }, { user: 'bob', said })).toMatchObject({ schemaValid: true });
    expect(await ask({ properties }, { user: 'bob', said: '{"constructor":1}' })).toMatchObject({
      schemaValid: false,
    });
  });

  it('does not take the names that objects inherit for properties', async () => {
    await storeKey('bob', 'MISTRAL');
    const required = ['constructor', 'toString'];
    expect(await ask({ required }, { user: 'bob', said: '{}' })).toMatchObject({ schemaValid: false });
  });

  it('keeps nobody else waiting for long: users take turns', async () => {
    await storeKey('bob', 'MISTRAL');
    await storeKey('dave', 'MISTRAL');
    // Each takes all of its time, and a new worker: more would come to the time limit of a mutation on a busy machine.
    const hostile = many(5, () => ask(doubling(40), { user: 'bob', said: '"a"' }));
    expect(await ask({ type: 'string' }, { user: 'dave', said: '"a"' })).toMatchObject({ schemaValid: true });
    for (const answer of await Promise.all(hostile))
      expect(answer).toMatchObject({ text: '"a"', schemaValid: null });
  });
});
