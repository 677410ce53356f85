import { vaultOf } from '../../../test/support/sealed-keys.js';
import type { KeptAnswer } from '../answer/client-tools.js';
import { type ClientStep, type Speaker, tellTo } from './conversation.js';
import { ToolTranscripts } from './tool-transcripts.js';

const KEY = 'a'.repeat(64);
const OTHER_KEY = 'b'.repeat(64);
const speaker: Speaker = { provider: 'CUSTOM', endpoint: 'home', model: 'model' };
const search = { callId: '1', name: 'web_search', content: 'Found.', isError: false };
const answer: KeptAnswer = {
  steps: [{ transcript: { said: 'searching' }, results: [search] }],
  transcript: { said: 'calling' },
  calls: [
    { id: 'shown', callId: 'a', name: 'get_weather' },
    { result: { ...search, callId: 'b', isError: true } },
  ],
};
const long = (length: number) => ({ said: 'x'.repeat(length) });

describe('ToolTranscripts', () => {
  const transcripts = new ToolTranscripts(vaultOf(KEY));
  const sealed = transcripts.seal('alice', speaker, answer);

  it('opens what it sealed for the same user', () => {
    expect(transcripts.open('alice', sealed)).toEqual({ speaker, answer });
  });

  it('opens what a previous key sealed, and nothing that a retired one did', () => {
    expect(new ToolTranscripts(vaultOf(OTHER_KEY, KEY)).open('alice', sealed)).toEqual({ speaker, answer });
    expect(new ToolTranscripts(vaultOf(OTHER_KEY)).open('alice', sealed)).toBeNull();
  });

  it.each([
    ["another user's", 'bob', sealed],
    ['none', 'alice', ''],
    ['cut', 'alice', sealed.slice(0, -1)],
  ])('does not open what is %s', (_, userId, transcript) => {
    expect(transcripts.open(userId, transcript)).toBeNull();
  });

  it.each([
    ['the searches before it', { ...answer, steps: [{ transcript: long(400_000), results: [] }] }, 0],
    ['all of it', { ...answer, transcript: long(400_000) }, null],
  ])('leaves %s behind where a body could not carry it', (_, large, stepCount) => {
    const text = transcripts.seal('alice', speaker, large);
    expect(text.length).toBeLessThan(600_000);
    const opened = transcripts.open('alice', text);
    expect(opened?.speaker).toEqual(speaker);
    expect(opened?.answer?.steps.length ?? null).toBe(stepCount);
  });
});

describe('tellTo', () => {
  const step: ClientStep = {
    role: 'CALLS',
    plain: { text: 'I ask.', calls: [{ id: 'call00001', name: 'get_weather', input: {} }] },
    results: [{ callId: 'call00001', name: 'get_weather', content: 'Sun', isError: false }],
    contents: new Map([['shown', 'Sun']]),
    opened: { speaker, answer },
  };
  const hello = { role: 'USER', content: 'Hello' } as const;
  const plainly = [hello, { role: 'CALLS', turn: step.plain, results: step.results }];

  it('says to the one who said it all that it said, with the results of both sides in the order of its calls', () => {
    expect(tellTo(speaker, [hello, step])).toEqual([
      hello,
      { role: 'CALLS', turn: { transcript: { said: 'searching' } }, results: [search] },
      {
        role: 'CALLS',
        turn: { transcript: { said: 'calling' } },
        results: [
          { callId: 'a', name: 'get_weather', content: 'Sun', isError: false },
          { ...search, callId: 'b', isError: true },
        ],
      },
    ]);
  });

  it.each<[string, Partial<Speaker>]>([
    ['provider', { provider: 'OPENAI' }],
    ['endpoint', { endpoint: 'work' }],
    ['model', { model: 'another' }],
  ])('says to another %s what everybody may know', (_, other) => {
    expect(tellTo({ ...speaker, ...other }, [hello, step])).toEqual(plainly);
  });

  it.each([null, { speaker, answer: null }])('says the same where there is no more: %j', (opened) => {
    expect(tellTo(speaker, [hello, { ...step, opened }])).toEqual(plainly);
  });
});
