import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { modelOf } from '../support/openai-client.js';
import { tokenOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { voices } from '../support/voices.js';

const KEY = 'key-of-alice-0123456789';
const user = (text: string) => ({ role: 'user' as const, content: [{ type: 'text' as const, text }] });
const tools = [
  {
    type: 'function' as const,
    name: 'get_weather',
    description: 'The weather of a city.',
    inputSchema: { type: 'object' as const, properties: { city: { type: 'string' as const } } },
  },
];

describe('Vercel’s package for what is compatible with OpenAI', () => {
  const server = useTestServer();
  beforeEach(() => server().storeKey('alice', 'ANTHROPIC', KEY));

  const model = async () =>
    createOpenAICompatible({
      name: 'keystream',
      baseURL: `${server().url}/v1`,
      apiKey: await tokenOf('alice'),
      includeUsage: true,
    }).chatModel(modelOf('ANTHROPIC'));

  it('gets an answer, whole and as a stream, with the reasoning apart', async () => {
    const scripted = () => {
      const voice = voices.ANTHROPIC();
      const body = [voice.reasoning('Well. '), voice.text('Yes.'), voice.end()];
      server().standIn.once('ANTHROPIC', async (exchange) => {
        exchange.open();
        for (const piece of body) await exchange.write(piece);
        exchange.end();
      });
    };
    scripted();
    const whole = await (await model()).doGenerate({ prompt: [user('Hello')] });
    expect(whole.content).toEqual([
      { type: 'text', text: 'Yes.' },
      { type: 'reasoning', text: 'Well. ' },
    ]);
    scripted();
    const { stream } = await (await model()).doStream({ prompt: [user('Hello')] });
    const parts: any[] = [];
    for await (const part of stream) parts.push(part);
    const said = (type: string): string =>
      parts.flatMap((part) => (part.type === type ? [part.delta] : [])).join('');
    expect([said('reasoning-delta'), said('text-delta')]).toEqual(['Well. ', 'Yes.']);
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'stop' } });
    expect(parts.filter(({ type }) => type === 'error')).toEqual([]);
  });

  it('has its tools called, and tells what they brought', async () => {
    const asked = user('call: get_weather {"city":"Paris"}');
    const { stream } = await (await model()).doStream({ prompt: [asked], tools });
    const calls: any[] = [];
    for await (const part of stream) if (part.type === 'tool-call') calls.push(part);
    expect(calls).toMatchObject([{ toolName: 'get_weather', input: '{"city":"Paris"}' }]);
    const [{ toolCallId, toolName }] = calls;
    const { content } = await (
      await model()
    ).doGenerate({
      prompt: [
        asked,
        {
          role: 'assistant',
          content: [{ type: 'tool-call', toolCallId, toolName, input: { city: 'Paris' } }],
        },
        {
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId, toolName, output: { type: 'text', value: 'sunny' } }],
        },
      ],
      tools,
    });
    expect(content).toMatchObject([{ type: 'text', text: expect.stringMatching(/\w/) }]);
    expect(JSON.stringify(server().standIn.requests.at(-1)!.body)).toContain('sunny');
  });

  it('learns why there is no answer', async () => {
    server().standIn.revokeKey('ANTHROPIC', KEY);
    await expect((await model()).doStream({ prompt: [user('Hello')] })).rejects.toMatchObject({
      statusCode: 403,
      message: 'The provider refuses this key.',
    });
  });
});
