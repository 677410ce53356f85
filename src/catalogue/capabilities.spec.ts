import { providerIdsOf } from '../providers/registry/provider-ids.js';
import { capabilitiesOf, knownModelsOf } from './capabilities.js';
import { isForChats } from './is-for-chats.js';

const at = new Date('2026-11-27T12:00:00Z');

describe('what the catalogue knows of models', () => {
  it('is something of every provider but CUSTOM', () => {
    for (const id of providerIdsOf('CHAT')) {
      const models = knownModelsOf(id);
      expect([id, models.length > 2]).toEqual([id, id !== 'CUSTOM']);
      for (const model of models) {
        expect(model.id).toMatch(/^[\x21-\x7e]{1,200}$/);
        expect(model.displayName).not.toBe('');
        expect(model.input).toContain('TEXT');
        for (const tokens of [model.contextTokens, model.outputTokens])
          expect(Number.isInteger(tokens) && tokens > 0 && tokens < 2 ** 31).toBe(true);
        expect(capabilitiesOf(id, model.id)).toEqual(model);
      }
      expect(new Set(models.map((model) => model.id)).size).toBe(models.length);
    }
  });

  it('is found by a name with a date, too', () => {
    const model = capabilitiesOf('OPENAI', 'gpt-5.4-mini');
    expect(model).toMatchObject({ id: 'gpt-5.4-mini', contextTokens: 400_000, tools: true, reasoning: true });
    expect(capabilitiesOf('OPENAI', 'gpt-5.4-mini-2026-03-17')).toEqual(model);
  });

  it('is together what it can with its reasoning and without', () => {
    expect(capabilitiesOf('DEEPSEEK', 'deepseek-v4-flash')).toMatchObject({
      displayName: 'DeepSeek V4 Flash',
      reasoning: true,
    });
  });

  it('is not shown of models that are retired, and looked up all the same', () => {
    expect(knownModelsOf('OPENAI').map(({ id }) => id)).not.toContain('o1-mini');
    expect(capabilitiesOf('OPENAI', 'o1-mini')).toMatchObject({ isRetired: true });
  });

  it.each([
    ['OPENAI', 'no-such-model'],
    ['OPENAI', 'claude-opus-5'],
    ['OPENAI', '__proto__'],
    ['CUSTOM', 'gpt-5.4-mini'],
    ['BRAVE', 'gpt-5.4-mini'],
  ] as const)('is nothing at %s of %s', (provider, model) => {
    expect(capabilitiesOf(provider, model)).toBeNull();
  });

  it.each([
    ['OPENAI', 'text-embedding-3-small', false],
    ['OPENAI', 'whisper-1', false],
    ['GROQ', 'whisper-large-v3', false],
    ['GOOGLE', 'gemini-embedding-001', false],
    ['OPENAI', 'gpt-5.4-mini', true],
    ['OPENAI', 'no-such-model', true],
    ['CUSTOM', 'text-embedding-3-small', true],
  ] as const)('says whether one can chat at %s with %s: %s', (provider, model, isOne) => {
    expect(isForChats(provider, model, at)).toBe(isOne);
  });
});
