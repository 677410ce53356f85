import { HELLO } from '../support/test-server.js';
import { CAN_REPORT, reportOf } from '../support/process-report.js';
import { bestOf } from '../support/timing.js';
import { useServerProcess } from '../support/use-server-process.js';

const COMPLETE = `mutation ($input: ChatInput!) { completeChat(input: $input) { text } }`;
const KEY = 'key-of-bob-0123456789';
/** The promise of the event loop, in milliseconds of the processor. */
const LONGEST_MS = 50;
const DRAFT_7 = 'http://json-schema.org/draft-07/schema#';

const call = (id: string) => ({ id, name: 'get_weather', arguments: {} });
const toolOf = (parameters: object, name = 'get_weather') => ({
  name,
  parameters: { type: 'object', ...parameters },
});
const many = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));
const nested = (levels: number): object =>
  many(levels, () => 0).reduce<object>((inner) => ({ not: inner }), {});

describe('tools of a hostile client', () => {
  const running = useServerProcess({}, CAN_REPORT);

  /** How long the loop is held at the most while this goes on, in milliseconds. */
  const heldBy = async (work: () => Promise<unknown>): Promise<number> => {
    await reportOf(running().server);
    await work();
    return (await reportOf(running().server)).longestMs;
  };
  /** What holds it by itself does so each time: a machine that is busy with other things does not. */
  const expectFree = async (work: () => Promise<unknown>) =>
    expect(await bestOf(3, LONGEST_MS, () => heldBy(work))).toBeLessThan(LONGEST_MS);

  const codeOf = async (input: Record<string, unknown>): Promise<string> => {
    const { errors } = await running().server.post('alice', COMPLETE, {
      input: { messages: HELLO, ...input },
    });
    return errors[0]!.extensions.code;
  };
  const post = async (input: Record<string, unknown>) => {
    let code = '';
    await expectFree(async () => (code = await codeOf(input)));
    return code;
  };

  it.each<[string, Record<string, unknown>]>([
    [
      'fifteen schemas of the longest, all of schemas',
      { tools: many(15, (n) => toolOf({ allOf: many(21_000, () => ({})) }, `n${String(n)}`)) },
    ],
    ['values to compare', { tools: [toolOf({ $schema: DRAFT_7, enum: many(9_000, (a) => ({ a })) })] }],
    ['names that are required', { tools: [toolOf({ required: many(9_000, String) })] }],
    ['one text', { tools: [toolOf({ description: 'x'.repeat(1_000_000) })] }],
    ['numbers', { tools: [toolOf({ enum: many(200_000, () => 1) })] }],
    ['a deep one', { tools: [toolOf(nested(190))] }],
    ['very many tools', { tools: many(1_000, (n) => toolOf({}, `n${String(n)}`)) }],
    [
      'patterns that never end',
      { tools: [toolOf({ pattern: '(a+)+$', default: `${'a'.repeat(50_000)}b` })] },
    ],
    [
      'references to themselves',
      { tools: [toolOf({ $ref: '#', $dynamicRef: '#', $defs: { a: { $ref: '#/$defs/a' } } })] },
    ],
    [
      'calls',
      { messages: many(7, () => ({ role: 'ASSISTANT', toolCalls: many(1_000, (n) => call(String(n))) })) },
    ],
    [
      'the same call',
      { messages: many(40, () => ({ role: 'ASSISTANT', toolCalls: many(500, () => call('1')) })) },
    ],
    ['results', { messages: many(1_000, (n) => ({ role: 'TOOL', content: '', toolCallId: String(n) })) }],
    [
      'arguments',
      { messages: [{ role: 'ASSISTANT', toolCalls: [{ ...call('1'), arguments: many(200_000, () => 1) }] }] },
    ],
    [
      'transcripts',
      {
        messages: many(1_000, () => ({
          role: 'ASSISTANT',
          toolCalls: [call('1')],
          transcript: 'v1.'.repeat(300),
        })),
      },
    ],
    [
      'a long transcript',
      {
        messages: [{ role: 'ASSISTANT', toolCalls: [call('1')], transcript: `v1.${'A'.repeat(1_000_000)}` }],
      },
    ],
  ])('are refused, and hold nothing up: %s', async (_, input) => {
    expect(await post(input)).toMatch(/^(BAD_USER_INPUT|NO_KEY_AVAILABLE)$/);
  });

  it('hold nothing up with transcripts either, however many there are to open', async () => {
    const { server, standIn } = running();
    standIn.acceptKey('OPENAI', KEY);
    const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';
    await server.post('bob', STORE, { input: { provider: 'OPENAI', apiKey: KEY } });
    const question = { role: 'USER', content: 'call: get_weather {}' };
    const CALL = `mutation ($input: ChatInput!) { completeChat(input: $input) {
      text toolCalls { id name arguments } transcript } }`;
    const input = { tools: [toolOf({})], messages: [question] };
    const { toolCalls, transcript } = (await server.post('bob', CALL, { input })).data!.completeChat;
    const steps = many(250, () => [
      { role: 'ASSISTANT', toolCalls, transcript },
      { role: 'TOOL', toolCallId: toolCalls[0].id, content: 'Sun' },
    ]).flat();
    let text = '';
    await expectFree(async () => {
      const again = { ...input, messages: [question, ...steps] };
      text = (await server.post('bob', CALL, { input: again })).data!.completeChat.text;
    });
    expect(text).toContain('with 250 results');
  });

  it('are too many for nobody else: a chat with tools goes on beside them', async () => {
    const costly = {
      tools: many(15, (n) => toolOf({ allOf: many(600, () => ({ not: {} })) }, `n${String(n)}`)),
    };
    const hostile = many(20, () => codeOf(costly));
    expect(await codeOf({ tools: [toolOf({})] })).toBe('NO_KEY_AVAILABLE');
    expect(new Set(await Promise.all(hostile))).toEqual(new Set(['BAD_USER_INPUT']));
  });
});
