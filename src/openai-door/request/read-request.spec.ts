import type { BadUserInputError } from '../../common/input-errors.js';
import { readChatRequest } from './read-request.js';

const ask = (more: object = {}) => ({ model: 'x', messages: [{ role: 'user', content: 'Hello' }], ...more });
const read = async (body: unknown) => (await readChatRequest(body, null)).input as any;
const pathsOf = async (body: unknown): Promise<string[]> => {
  const error: unknown = await read(body).then(
    () => null,
    (reason: unknown) => reason,
  );
  return (error as BadUserInputError).violations.map(({ path }) => path);
};

describe('readChatRequest', () => {
  it.each([
    ['x', { provider: null, endpoint: null, model: 'x' }],
    ['openai', { provider: null, endpoint: null, model: 'openai' }],
    ['openai/x', { provider: 'OPENAI', endpoint: null, model: 'x' }],
    ['openrouter/openai/x', { provider: 'OPENROUTER', endpoint: null, model: 'openai/x' }],
    ['OpenAI/x', { provider: null, endpoint: null, model: 'OpenAI/x' }],
    ['tavily/x', { provider: null, endpoint: null, model: 'tavily/x' }],
    ['custom/my box/a/b:c', { provider: 'CUSTOM', endpoint: 'my box', model: 'a/b:c' }],
    ['toString/x', { provider: null, endpoint: null, model: 'toString/x' }],
  ])('reads the model %j', async (model, named) => {
    expect(await read(ask({ model }))).toMatchObject(named);
  });

  it('takes parts as they are', async () => {
    const text = (words: string) => ({ type: 'text', text: words });
    const image = { type: 'image_url', image_url: { url: 'DATA:image/PNG;Base64,iVBORw0=', detail: 'auto' } };
    const content = [text('One.'), text('Two.')];
    expect((await read(ask({ messages: [{ role: 'user', content }] }))).messages).toEqual([
      { role: 'USER', parts: [{ text: 'One.' }, { text: 'Two.' }] },
    ]);
    const shown = [text('What is this?'), image];
    expect((await read(ask({ messages: [{ role: 'user', content: shown }] }))).messages).toEqual([
      {
        role: 'USER',
        parts: [{ text: 'What is this?' }, { image: { mimeType: 'image/png', data: 'iVBORw0=' } }],
      },
    ]);
    for (const role of ['system', 'assistant'])
      expect(await pathsOf(ask({ messages: [{ role, content: shown }] }))).toEqual([
        'messages[0].content[1].type',
      ]);
  });

  it('reads the schema that an answer is to fit', async () => {
    const schema = { type: 'object', properties: {} };
    const format = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } };
    expect(await read(ask({ response_format: format }))).toMatchObject({ responseSchema: schema });
    expect(await read(ask({ response_format: { type: 'text' } }))).not.toHaveProperty('responseSchema');
  });

  it('ends with twenty mistakes, however many there are', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`x-${String(index)}`, 1]));
    expect(await pathsOf(ask(many))).toEqual(Object.keys(many).slice(0, 20));
  });

  it.each([null, [], 'x', 7, undefined])('refuses %j as a whole', async (body) => {
    expect(await pathsOf(body)).toEqual(['request']);
  });
});
