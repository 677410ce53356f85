import { flood, replay, reply } from '../../demo/stand-in/behaviours.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import type {
  ChatPart,
  ChatTools,
  ChatTurn,
  ToolCall,
  ToolResult,
  ToolStep,
} from '../../src/providers/chat/contract.js';
import { collect, failureOf } from '../support/collect.js';
import { chatCases } from './chat-adapter-cases.js';
import { HELLO, inPiecesOf, joined, KEY, useAdapter } from './chat-adapter-harness.js';
import { contents, inputs, said, searchTool } from './chat-adapter-tool-cases.js';

type CallsPart = Extract<ChatPart, { type: 'toolCalls' }>;

const callsPartOf = (parts: readonly ChatPart[]): CallsPart | undefined =>
  parts.find((part) => part.type === 'toolCalls');

const callsOf = (parts: readonly ChatPart[]): readonly ToolCall[] => callsPartOf(parts)?.calls ?? [];

interface Offer extends Partial<ChatTools> {
  readonly messages?: readonly ChatTurn[];
  /** The turns that follow. */
  readonly steps?: readonly ToolStep[];
}

const withTools = ({ messages = HELLO, steps = [], ...tools }: Offer = {}) => ({
  messages: [...messages, ...steps],
  tools: { definitions: [searchTool], choice: 'AUTO', ...tools } as const,
});

const toResult = ({ id, name }: ToolCall, content: string): ToolResult => ({
  callId: id,
  name,
  content,
  isError: content === contents[1],
});

/** What the adapter made of a turn, as it would come out of a store. */
function stepOf(parts: readonly ChatPart[], results: readonly string[]): ToolStep {
  const { calls, transcript } = callsPartOf(parts)!;
  const step = {
    role: 'CALLS',
    turn: { transcript },
    results: calls.map((call, index) => toResult(call, results[index]!)),
  };
  return JSON.parse(JSON.stringify(step)) as ToolStep;
}

/** A turn of which nobody knows more. */
const plainStep = {
  role: 'CALLS',
  turn: {
    text: 'I look it up.',
    calls: [
      { id: 'call00001', name: 'web_search', input: { query: 'cats' } },
      { id: 'call00002', name: 'web_search', input: 'no JSON' },
    ],
  },
  results: [
    { callId: 'call00001', name: 'web_search', content: 'Of cats', isError: false },
    { callId: 'call00002', name: 'web_search', content: 'Of dogs', isError: false },
  ],
} as const satisfies ToolStep;

describe.each(chatCases)('tools of $entry.displayName', (provider) => {
  const { tools } = provider;
  const { standIn, stream, answerWith, fixture, codeOf } = useAdapter(provider.entry, provider.model);

  /** The parts of the recorded turn. */
  async function recordedTurn(): Promise<ChatPart[]> {
    void answerWith(replay([await fixture('tool-calls')]));
    return collect(stream(withTools()));
  }

  /** The parts of a turn with one call. */
  async function turnWith(call: { name?: string; text?: string; id?: string }): Promise<ChatPart[]> {
    const { begin, call: middle, end } = tools.script({ name: 'web_search', text: '', ...call });
    void answerWith(replay([begin, middle, end]));
    return collect(stream(withTools()));
  }

  const lastBody = (): Record<string, any> => standIn().requests.at(-1)!.body;

  /** The conversation of a request without tools, and what comes after it. */
  const conversationOf = (...after: readonly unknown[]): unknown[] => [
    ...(provider.minimal[tools.conversation] as unknown[]),
    ...after,
  ];

  describe('the request', () => {
    it.each(['AUTO', 'NONE'] as const)('offers them (%s)', async (choice) => {
      await collect(stream(withTools({ choice })));
      const added = choice === 'AUTO' ? tools.auto : { ...tools.auto, ...tools.none };
      expect(lastBody()).toEqual({ ...provider.minimal, ...added });
    });

    it.each([
      ['REQUIRED', 'required'],
      [{ name: 'web_search' }, 'named'],
    ] as const)('wants one called (%j)', async (choice, field) => {
      await collect(stream(withTools({ choice })));
      expect(lastBody()).toEqual({ ...provider.minimal, ...tools.auto, ...tools[field] });
    });

    it('has a schema without properties as the API takes it', async () => {
      const tool = { ...searchTool, parameters: { type: 'object' } };
      await collect(stream(withTools({ definitions: [tool] })));
      const isOpenAis = !['ANTHROPIC', 'GOOGLE'].includes(provider.entry.id);
      expect(JSON.stringify(lastBody()).includes('"properties":{}')).toBe(isOpenAis);
    });

    it('has no description where the tool has none', async () => {
      const { description: _, ...tool } = searchTool;
      await collect(stream(withTools({ definitions: [tool] })));
      const withDescription = JSON.stringify(tools.auto);
      const without = withDescription.replace(',"description":"Searches the web."', '');
      expect(without).not.toBe(withDescription);
      expect(lastBody()).toEqual({ ...provider.minimal, ...(JSON.parse(without) as object) });
    });

    it.each(['and offers it', 'and offers none'])(
      'says a turn of another model plainly, %s',
      async (offer) => {
        const { messages, tools: offered } = withTools({ steps: [plainStep] });
        await collect(stream({ messages, ...(offer === 'and offers it' && { tools: offered }) }));
        expect(lastBody()[tools.conversation]).toEqual(conversationOf(...tools.plain));
      },
    );

    it('says a plain turn without a text', async () => {
      const step = { ...plainStep, turn: { ...plainStep.turn, text: '' } };
      const parts = await collect(stream(withTools({ steps: [step] })));
      const conversation = lastBody()[tools.conversation] as unknown[];
      expect(JSON.stringify(conversation)).not.toContain(plainStep.turn.text);
      expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'STOP' });
    });

    it('says what came between two turns in its place', async () => {
      const step = stepOf(await recordedTurn(), contents);
      const more = { role: 'USER', content: 'And dogs?' } as const;
      await collect(stream(withTools({ messages: [...HELLO, step, more, plainStep] })));
      const text = JSON.stringify(lastBody()[tools.conversation]);
      const places = ['Hello', said, contents[1], 'And dogs?', 'call00001', 'Of cats'].map((piece) =>
        text.indexOf(piece),
      );
      // Google is told no id that is not its own, and its texts come in pieces.
      const known = places.filter((place) => place >= 0);
      expect(known.length).toBeGreaterThanOrEqual(4);
      expect(known).toEqual([...known].sort((one, other) => one - other));
    });

    it('says a turn again, word for word, with what came of it', async () => {
      const step = stepOf(await recordedTurn(), contents);
      await collect(stream(withTools({ steps: [step], choice: 'NONE' })));
      expect(lastBody()).toEqual({
        ...provider.minimal,
        ...tools.auto,
        ...tools.none,
        [tools.conversation]: conversationOf(...tools.turn, ...tools.results),
      });
    });

    it('holds no half of a character in a result', async () => {
      const step = stepOf(await recordedTurn(), ['cut \udc00', contents[1]]);
      await collect(stream(withTools({ steps: [step] })));
      expect(JSON.stringify(lastBody())).toContain('cut \ufffd');
    });

    it('says several turns again', async () => {
      const step = stepOf(await recordedTurn(), contents);
      await collect(stream(withTools({ steps: [step, step] })));
      const again = [...tools.turn, ...tools.results];
      expect(lastBody()[tools.conversation]).toEqual(conversationOf(...again, ...again));
    });

    it('leaves a turn as it was: it can be said any number of times', async () => {
      const parts = await recordedTurn();
      const steps = [stepOf(parts, contents)];
      const before = JSON.stringify(steps);
      await collect(stream(withTools({ steps })));
      await collect(stream(withTools({ steps })));
      expect(JSON.stringify(steps)).toBe(before);
      expect(standIn().requests.at(-1)!.body).toEqual(standIn().requests.at(-2)!.body);
    });
  });

  describe('a turn with calls', () => {
    it.each([
      ['whole', 1_000_000],
      ['in pieces of 7 bytes', 7],
      ['byte by byte', 1],
    ])('is read the same when it comes %s', async (_name, size) => {
      void answerWith(replay(inPiecesOf(size, await fixture('tool-calls'))));
      const parts = await collect(stream(withTools()));
      expect(joined('text', parts)).toBe(said);
      expect(joined('reasoning', parts)).toContain(' Größe first.');
      expect(parts.slice(-3)).toEqual([
        { type: 'usage', usage: provider.usage },
        {
          type: 'toolCalls',
          calls: inputs.map((input, index) => ({ id: tools.ids[index], name: 'web_search', input })),
          transcript: expect.anything(),
        },
        { type: 'finish', reason: 'STOP' },
      ]);
      expect(parts.filter(({ type }) => type === 'toolCalls')).toHaveLength(1);
    });

    it('is one whose calls are dropped where no tool was offered', async () => {
      void answerWith(replay([await fixture('tool-calls')]));
      const parts = await collect(stream());
      expect(joined('text', parts)).toBe(said);
      expect(callsPartOf(parts)).toBeUndefined();
    });

    it('does not need the connection to end', async () => {
      void answerWith(replay([await fixture('tool-calls')], { then: 'hang' }));
      const impatient = stream(withTools(), undefined, { idleTimeoutMs: 200 });
      expect(callsOf(await collect(impatient))).toHaveLength(2);
    });

    it.each(tools.cuts)('keeps them where %s is %j: %s', async (piece, replacement, reason) => {
      const turn = (await fixture('tool-calls')).toString('utf8');
      expect(turn).toMatch(piece);
      void answerWith(replay([turn.replace(piece, () => replacement)]));
      const parts = await collect(stream(withTools()));
      expect(joined('text', parts)).toBe(said);
      expect(callsPartOf(parts)).toBeUndefined();
      expect(parts.at(-1)).toEqual({ type: 'finish', reason });
    });

    it('may name a tool that was not offered', async () => {
      const parts = await turnWith({ name: 'rm_rf', text: '{"path":"/"}' });
      expect(callsOf(parts)).toEqual([{ id: expect.any(String), name: 'rm_rf', input: { path: '/' } }]);
    });

    it.each(['{"query":"sk-a-key', '<html>', '[1,{]'])('may write what is no JSON: %s', async (text) => {
      const parts = await turnWith({ text });
      expect(callsOf(parts)).toEqual([{ id: expect.any(String), name: 'web_search', input: text }]);
      expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'STOP' });
      const step = stepOf(parts, ['No JSON.']);
      await collect(stream(withTools({ steps: [step] })));
      expect(JSON.stringify(lastBody()[tools.conversation])).toContain('No JSON.');
    });

    it('may repeat an id: each call gets its own, and is answered with it', async () => {
      const repeated = (await fixture('tool-calls')).toString('utf8').replaceAll(tools.ids[1], tools.ids[0]);
      void answerWith(replay([repeated]));
      const parts = await collect(stream(withTools()));
      const [id] = tools.ids;
      expect(callsOf(parts).map((call) => call.id)).toEqual([id, `${id}_2`]);
      await collect(stream(withTools({ steps: [stepOf(parts, contents)] })));
      const again = JSON.stringify(lastBody()[tools.conversation]);
      expect(again.split(`"${id}_2"`)).toHaveLength(3);
      expect(again.split(`"${id}"`)).toHaveLength(3);
    });

    it.each(['', ' ', 'null'])('may have no arguments: %j', async (text) => {
      const parts = await turnWith({ text });
      expect(callsOf(parts)).toEqual([{ id: expect.any(String), name: 'web_search', input: {} }]);
    });

    it('is an outage where a call has no name', async () => {
      const { begin, call, end } = tools.script({ name: '', text: `{"query":"${KEY}"}` });
      void answerWith(replay([begin, call, end]));
      expect(await codeOf(stream(withTools()))).toBe('PROVIDER_UNAVAILABLE');
    });
  });

  describe('a turn without calls', () => {
    it.each(['answer', 'refusal'])('has no part for them (%s)', async (name) => {
      void answerWith(replay([await fixture(name)]));
      const without = await collect(stream());
      void answerWith(replay([await fixture(name)]));
      expect(await collect(stream(withTools()))).toEqual(without);
    });
  });

  describe('a failure', () => {
    it('is PROVIDER_TRUNCATED at any cut in the calls, and none is handed on', async () => {
      const turn = (await fixture('tool-calls')).toString('utf8');
      const begins = turn.indexOf(tools.firstCall);
      expect(begins).toBeGreaterThan(0);
      const ends = turn.indexOf('data: ', turn.lastIndexOf(tools.ending));
      const cuts = [...turn.matchAll(/^data: /gm)]
        .map(({ index }) => index)
        .filter((at) => at > begins && at <= ends);
      expect(cuts.length).toBeGreaterThanOrEqual(2);
      for (const at of [begins + 40, ...cuts, turn.length - 5]) {
        void answerWith(replay([turn.slice(0, at)]));
        const seen: ChatPart[] = [];
        const reading = (async () => {
          for await (const part of stream(withTools())) seen.push(part);
        })();
        expect(await failureOf(reading)).toMatchObject({ code: 'PROVIDER_TRUNCATED' });
        expect(callsPartOf(seen)).toBeUndefined();
      }
    });

    it.each(provider.streamErrors)(
      'in the middle of the calls is %s, and quotes nothing',
      async (code, event) => {
        const { begin, call } = tools.script({
          name: 'web_search',
          text: `{"query":"the very words ${KEY}"}`,
        });
        void answerWith(replay([begin, call, event(`It was about ${KEY}.`)]));
        expect(await codeOf(stream(withTools()), ['the very words'])).toBe(code);
      },
    );

    it('is PROVIDER_UNAVAILABLE where calls do not end', async () => {
      const bytes = 50_000_000;
      const { begin, call } = tools.script({ name: 'web_search', text: '{"query":"' });
      const [beginning = ''] = call.split(/(?<=\n\n)/);
      const received = answerWith(flood({ first: begin + beginning, chunk: tools.endless, bytes }));
      expect(await codeOf(stream(withTools()))).toBe('PROVIDER_UNAVAILABLE');
      const exchange = await received;
      await exchange.closedByClient;
      expect(exchange.sentBytes).toBeLessThan(bytes / 2);
    });
  });

  describe('leaving in the middle of a call', () => {
    /** An answer that stops in its call: the request, once that much is written. */
    function answerInCall(): Promise<Exchange> {
      const { begin, call } = tools.script({ name: 'web_search', text: '{"query":"cats"}' });
      return new Promise((resolve) => {
        standIn().once(provider.entry.id, async (exchange, means) => {
          await replay([begin, call.slice(0, -20)], { then: 'hang' })(exchange, means);
          resolve(exchange);
        });
      });
    }

    it('closes the socket when the signal aborts', async () => {
      const reason = new Error('the client left');
      const client = new AbortController();
      const written = answerInCall();
      const failure = failureOf(stream(withTools(), client.signal));
      const exchange = await written;
      client.abort(reason);
      expect(await failure).toBe(reason);
      await exchange.closedByClient;
    });
  });

  describe('the stand-in', () => {
    const asks = (content: string, more: Offer = {}) => {
      const messages = [{ role: 'USER', content }] as const;
      return collect(stream({ reasoningEffort: 'LOW', ...withTools({ messages, ...more }) }));
    };

    it('calls, and answers with what it is given', async () => {
      const turn = await asks('search: cats; dogs');
      expect(callsOf(turn).map(({ input }) => input)).toEqual([{ query: 'cats' }, { query: 'dogs' }]);
      expect(joined('reasoning', turn)).not.toBe('');
      const end = await asks('search: cats; dogs', { steps: [stepOf(turn, ['Of cats', 'Of dogs'])] });
      expect(callsPartOf(end)).toBeUndefined();
      expect(joined('text', end)).toMatch(/2 results.*Of dogs/);
    });

    it('calls in one turn after the other', async () => {
      const question = 'search: cats search: dogs';
      const first = await asks(question);
      const second = await asks(question, { steps: [stepOf(first, ['Of cats'])] });
      expect([first, second].flatMap(callsOf).map(({ input }) => input)).toEqual([
        { query: 'cats' },
        { query: 'dogs' },
      ]);
      const steps = [stepOf(first, ['Of cats']), stepOf(second, ['Of dogs'])];
      expect(joined('text', await asks(question, { steps }))).toMatch(/2 results/);
    });

    it('does not call where it must answer, nor where it is not asked to', async () => {
      expect(callsPartOf(await asks('search: cats', { choice: 'NONE' }))).toBeUndefined();
      expect(callsPartOf(await asks('research'))).toBeUndefined();
    });

    it('refuses a call without a result, as the API does', async () => {
      const step = { ...stepOf(await recordedTurn(), contents), results: [] };
      expect(await codeOf(stream(withTools({ steps: [step] })))).toBe('PROVIDER_BAD_REQUEST');
    });
  });
});

/** What only one of them does. */
describe('tools of', () => {
  const [openai, anthropic, google] = chatCases as [
    (typeof chatCases)[number],
    (typeof chatCases)[number],
    (typeof chatCases)[number],
  ];

  describe('OpenAI', () => {
    const { standIn, stream, answerWith, fixture } = useAdapter(openai.entry, openai.model);

    it.each([
      ['gpt-5.4-mini', true],
      ['o4-mini', true],
      ['gpt-4.1', false],
      ['ft:gpt-4o:me::1', false],
      ['gpt-5-chat-latest', false],
    ])('%s is asked for its reasoning: %s', async (model, isAsked) => {
      await collect(stream({ model, ...withTools() }));
      expect('include' in standIn().requests[0]!.body).toBe(isAsked);
    });

    it('is sent the turn without its reasoning where the API cannot read that: it was made with another key', async () => {
      void answerWith(replay([await fixture('tool-calls')]));
      const step = stepOf(await collect(stream(withTools())), contents);
      void answerWith(reply(openaiErrors.foreignReasoning()));
      const parts = await collect(stream(withTools({ steps: [step] })));
      expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'STOP' });
      const typesIn = (index: number) =>
        (standIn().requests.at(index)!.body.input as { type?: string }[]).map(({ type }) => type);
      expect(typesIn(-2)).toContain('reasoning');
      expect(typesIn(-1)).toEqual(typesIn(-2).filter((type) => type !== 'reasoning'));
    });

    it.each([
      ['missing', ''],
      ['null', '"encrypted_content":null,'],
    ])('is not sent reasoning again whose content is %s', async (_, content) => {
      const turn = (await fixture('tool-calls')).toString('utf8');
      void answerWith(replay([turn.replaceAll(/"encrypted_content":"[^"]*",/g, content)]));
      const parts = await collect(stream(withTools()));
      await collect(stream(withTools({ steps: [stepOf(parts, contents)] })));
      const items = standIn().requests.at(-1)!.body.input as { type?: string }[];
      expect(items.flatMap(({ type }) => type ?? [])).toEqual([
        'message',
        'function_call',
        'function_call',
        'function_call_output',
        'function_call_output',
      ]);
    });
  });

  describe('Anthropic', () => {
    const { standIn, stream, answerWith, fixture } = useAdapter(anthropic.entry, anthropic.model);

    it('marks the last results for its cache, and no turn before them', async () => {
      void answerWith(replay([await fixture('tool-calls')]));
      const step = stepOf(await collect(stream(withTools())), contents);
      const messages = [
        { role: 'SYSTEM', content: 'Be brief.' },
        { role: 'USER', content: 'Hello' },
      ] as const;
      await collect(stream({ ...withTools({ messages, steps: [step, step, step] }), promptCache: 'AUTO' }));
      const { body } = standIn().requests.at(-1)!;
      expect(body.messages.at(-1).content.at(-1)).toMatchObject({
        type: 'tool_result',
        cache_control: { type: 'ephemeral' },
      });
      // The API refuses a request with more than four.
      expect(JSON.stringify(body).split('cache_control')).toHaveLength(3);
    });

    it('may be called without arguments, and with a text that is blank, which the API takes no more', async () => {
      const turn = (await fixture('tool-calls'))
        .toString('utf8')
        .replaceAll(/"partial_json":"(?:[^"\\]|\\.)*"/g, '"partial_json":""')
        .replaceAll(/"type":"text_delta","text":"[^"]*"/g, '"type":"text_delta","text":" "');
      void answerWith(replay([turn]));
      const parts = await collect(stream(withTools()));
      expect(callsOf(parts).map(({ input }) => input)).toEqual([{}, {}]);
      await collect(stream(withTools({ steps: [stepOf(parts, contents)] })));
      const { content } = standIn().requests.at(-1)!.body.messages[1];
      expect(content.map(({ type }: { type: string }) => type)).toEqual([
        'thinking',
        'redacted_thinking',
        'tool_use',
        'tool_use',
      ]);
    });

    it('does not think within a budget from calls on whose thoughts are lost', async () => {
      const model = 'claude-sonnet-4-5';
      void answerWith(replay([await fixture('tool-calls')]));
      const thoughtful = stepOf(
        await collect(stream({ ...withTools(), model, reasoningEffort: 'LOW' })),
        contents,
      );
      const { transcript } = thoughtful.turn as { transcript: { type: string }[] };
      const thoughtless = { ...thoughtful, turn: { transcript: transcript.slice(2) } };
      const goOn = async (...steps: ChatTurn[]) => {
        await collect(
          stream({ ...withTools({ messages: [...HELLO, ...steps] }), model, reasoningEffort: 'LOW' }),
        );
        return 'thinking' in standIn().requests.at(-1)!.body;
      };
      expect(await goOn(plainStep)).toBe(false);
      expect(await goOn(thoughtless)).toBe(false);
      expect(await goOn(thoughtful)).toBe(true);
      expect(await goOn(plainStep, ...HELLO)).toBe(true);
    });

    it('gets the tools of calls that it gets, for it refuses these alone', async () => {
      await collect(stream({ messages: [...HELLO, plainStep] }));
      expect(standIn().requests[0]!.body).toMatchObject({
        tools: [{ name: 'web_search', input_schema: { type: 'object' } }],
        tool_choice: { type: 'none' },
      });
    });

    it('is given an object as input where the model wrote something else', async () => {
      const { begin, call, end } = anthropic.tools.script({ name: 'web_search', text: '[1]' });
      void answerWith(replay([begin, call, end]));
      const parts = await collect(stream(withTools()));
      expect(callsOf(parts)).toMatchObject([{ input: [1] }]);
      await collect(stream(withTools({ steps: [stepOf(parts, contents)] })));
      expect(standIn().requests.at(-1)!.body.messages[1].content.at(-1).input).toEqual({});
    });
  });

  describe('Google', () => {
    const { standIn, stream, answerWith, fixture } = useAdapter(google.entry, google.model);

    it.each([
      ['gemini-2.5-flash', false],
      ['gemini-3.1-flash-lite', true],
    ])(
      'of another model stand there without a signature for %s: it skips its check: %s',
      async (model, isSkipped) => {
        void answerWith(replay([await fixture('answer')]));
        await collect(stream({ ...withTools({ steps: [plainStep] }), model }));
        const [, first, second] = standIn().requests[0]!.body.contents[1].parts;
        expect(first.thoughtSignature).toBe(isSkipped ? 'skip_thought_signature_validator' : undefined);
        expect('thoughtSignature' in second).toBe(false);
      },
    );

    it('without ids get some of our own, which the API never sees', async () => {
      const turn = (await fixture('tool-calls')).toString('utf8').replaceAll(/,"id":"\w+"/g, '');
      void answerWith(replay([turn]));
      const parts = await collect(stream(withTools()));
      const ids = callsOf(parts).map(({ id }) => id);
      expect(new Set(ids).size).toBe(2);
      await collect(stream(withTools({ steps: [stepOf(parts, contents)] })));
      const { body } = standIn().requests.at(-1)!;
      expect(body.contents.at(-1).parts).toEqual([
        { functionResponse: { name: 'web_search', response: { output: contents[0] } } },
        { functionResponse: { name: 'web_search', response: { error: contents[1] } } },
      ]);
      for (const id of ids) expect(JSON.stringify(body)).not.toContain(id);
    });

    const inVain = async (reason: string): Promise<void> => {
      const turn = (await fixture('tool-calls')).toString('utf8');
      void answerWith(replay([turn.replace('"finishReason":"STOP"', `"finishReason":"${reason}"`)]));
    };

    it.each(['UNEXPECTED_TOOL_CALL', 'MALFORMED_FUNCTION_CALL'])(
      'may be called in vain where it should answer: %s',
      async (reason) => {
        await inVain(reason);
        const parts = await collect(stream(withTools({ choice: 'NONE' })));
        expect(callsPartOf(parts)).toBeUndefined();
        expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'TOOL_LIMIT' });
      },
    );

    it.each(['UNEXPECTED_TOOL_CALL', 'MALFORMED_FUNCTION_CALL'])(
      'is an outage that may be over at once where it could not say a call: %s',
      async (reason) => {
        await inVain(reason);
        expect(await failureOf(stream(withTools()))).toMatchObject({
          code: 'PROVIDER_UNAVAILABLE',
          retryAfterMs: 0,
        });
      },
    );

    it('may have a call without arguments, and a signature on an empty text', async () => {
      const turn = (await fixture('tool-calls'))
        .toString('utf8')
        .replaceAll(/"args":\{.*?\},/g, '')
        .replace('"text":""', '"text":"","thoughtSignature":"CpcB"');
      void answerWith(replay([turn]));
      const parts = await collect(stream(withTools()));
      expect(callsOf(parts).map(({ input }) => input)).toEqual([{}, {}]);
      await collect(stream(withTools({ steps: [stepOf(parts, contents)] })));
      const { contents: turns } = standIn().requests.at(-1)!.body;
      expect(turns.at(-2).parts.at(-1)).toEqual({ text: '', thoughtSignature: 'CpcB' });
    });
  });
});
