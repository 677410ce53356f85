import { keyLink } from '../../parts/key-link';
import { type Key, placeNamed, placesOf, type ProviderInfo, questionOf } from './places';

const provider = (id: ProviderInfo['provider'], kind: ProviderInfo['kind'] = 'CHAT'): ProviderInfo => ({
  __typename: 'ProviderInfo',
  provider: id,
  kind,
  displayName: id,
  keySource: null,
  defaultModel: null,
});

const key = (id: ProviderInfo['provider'], endpoint: string | null = null, more: Partial<Key> = {}): Key =>
  ({
    id: `of-${id}`,
    provider: id,
    endpoint: endpoint === null ? null : { name: endpoint, baseUrl: 'https://models.example/v1' },
    allowedModels: null,
    ...more,
  }) as Key;

const providers = [provider('OPENAI'), provider('CUSTOM'), provider('GROQ'), provider('BRAVE', 'SEARCH')];

describe('the places of keys', () => {
  it('are one for each provider, by kind and in their order, with the key that is there', () => {
    const { chat, search } = placesOf({ providers, apiKeys: [key('GROQ'), key('BRAVE')] });
    expect(chat.map((place) => [place.provider.provider, place.key?.id])).toEqual([
      ['OPENAI', undefined],
      ['GROQ', 'of-GROQ'],
    ]);
    expect(search.map((place) => place.key?.id)).toEqual(['of-BRAVE']);
  });

  it('are one for each endpoint, by name, each with an id of its own', () => {
    const apiKeys = [key('CUSTOM', 'the office'), key('CUSTOM', 'home')];
    const { endpoints, custom } = placesOf({ providers, apiKeys });
    expect(endpoints.map(({ endpoint }) => endpoint?.name)).toEqual(['home', 'the office']);
    for (const { id } of endpoints) expect(id).not.toMatch(/\s/);
    expect(new Set(endpoints.map(({ id }) => id)).size).toBe(2);
    expect(custom?.provider).toBe('CUSTOM');
  });

  it('has none for endpoints where the server knows none', () => {
    expect(placesOf({ providers: [provider('OPENAI')], apiKeys: [] })).toMatchObject({
      endpoints: [],
      custom: null,
    });
  });
});

describe('the question of a place', () => {
  it('names the provider alone, so that its default model counts', () => {
    const [place] = placesOf({ providers, apiKeys: [] }).chat;
    expect(questionOf(place!)).toEqual({ provider: 'OPENAI' });
  });

  it('names the endpoint, and a model that its key allows', () => {
    const apiKeys = [key('CUSTOM', 'home', { allowedModels: ['llama-*', 'qwen'] }), key('CUSTOM', 'office')];
    const [home, office] = placesOf({ providers, apiKeys }).endpoints;
    expect(questionOf(home!)).toEqual({ provider: 'CUSTOM', endpoint: 'home', model: 'llama-*' });
    expect(questionOf(office!)).toEqual({ provider: 'CUSTOM', endpoint: 'office', model: 'any' });
  });
});

describe('the place that a link names', () => {
  it('is found by its own id, and by its key where several are of one provider', () => {
    const apiKeys = [
      key('GROQ'),
      key('CUSTOM', 'home', { id: 'one' }),
      key('CUSTOM', 'office', { id: 'two' }),
    ];
    const places = placesOf({ providers, apiKeys });
    expect(placeNamed('key-GROQ', places)?.provider.provider).toBe('GROQ');
    expect(placeNamed(keyLink('CUSTOM', 'two').split('#')[1] ?? '', places)?.endpoint?.name).toBe('office');
    expect(placeNamed('none', places)).toBeUndefined();
  });
});
