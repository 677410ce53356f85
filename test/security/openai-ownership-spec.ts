import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { modelOf, openaiClient } from '../support/openai-client.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const OWN_KEY = 'key-of-mallory-0123456789';
const HELLO: ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }];
const tools = [
  {
    type: 'function' as const,
    function: { name: 'get_weather', parameters: { type: 'object', properties: {} } },
  },
];

const failureOf = (answer: PromiseLike<unknown>): Promise<any> =>
  Promise.resolve(answer).then(
    () => null,
    (reason: unknown) => reason,
  );

describe('what is another user’s, to a client of OpenAI’s,', () => {
  const server = useTestServer();
  const clients = async () => ({
    alice: await openaiClient(server(), 'alice'),
    mallory: await openaiClient(server(), 'mallory'),
  });

  it('is no answer under an Idempotency-Key that both send', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const { alice, mallory } = await clients();
    const body = { model: 'openai/x', messages: HELLO };
    const headers = { 'Idempotency-Key': 'the same of both' };
    const { id } = await alice.chat.completions.create(body, { headers });
    const error = await failureOf(mallory.chat.completions.create(body, { headers }));
    expect(error).toMatchObject({ status: 403, code: 'NO_KEY_AVAILABLE' });
    await server().storeKey('mallory', 'OPENAI', OWN_KEY);
    const own = await mallory.chat.completions.create(body, { headers });
    expect(own.id).not.toBe(id);
    expect(server().standIn.requests.map(({ key }) => key)).toEqual([KEY, OWN_KEY]);
  });

  it('is no endpoint, and no model in a list', async () => {
    await server().storeKey('alice', 'CUSTOM', KEY);
    const { alice, mallory } = await clients();
    const model = modelOf('CUSTOM');
    expect((await alice.models.list()).data.length).toBeGreaterThan(0);
    expect((await mallory.models.list()).data).toEqual([]);
    const error = await failureOf(mallory.chat.completions.create({ model, messages: HELLO }));
    expect(error).toMatchObject({ status: 403, code: 'NO_KEY_AVAILABLE' });
    expect(server().standIn.requests.every(({ key }) => key === KEY)).toBe(true);
  });

  it('is no transcript', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    await server().storeKey('mallory', 'OPENAI', OWN_KEY);
    const { alice, mallory } = await clients();
    const question: ChatCompletionMessageParam = { role: 'user', content: 'call: get_weather {}' };
    const { choices } = await alice.chat.completions.create({
      model: 'openai/x',
      messages: [question],
      tools,
    });
    const { message } = choices[0]!;
    const messages: ChatCompletionMessageParam[] = [
      question,
      message,
      { role: 'tool', tool_call_id: message.tool_calls![0]!.id, content: 'sunny' },
    ];
    const error = await failureOf(mallory.chat.completions.create({ model: 'openai/x', messages, tools }));
    expect(error).toMatchObject({ status: 400, param: 'messages[1].keystream_transcript' });
    expect(await failureOf(alice.chat.completions.create({ model: 'openai/x', messages, tools }))).toBeNull();
  });
});
