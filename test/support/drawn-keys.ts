const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE62 = `${LETTERS}0123456789`;
const BASE64URL = `${BASE62}-_`;
const HEX = '0123456789abcdef';

/** mulberry32: the same numbers from 0 to 1 each time. */
export function generator(seed: number): () => number {
  // Jest's own globals are slow to look up, and this is called by the million.
  const { imul } = Math;
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes keys as the providers make them, the same ones each time. */
export function keyShapes(seed: number): Readonly<Record<string, () => string>> {
  const random = generator(seed);
  const draw = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
  return {
    'OpenAI, of a project': () => `sk-proj-${draw(BASE64URL, 156)}`,
    'OpenAI, of a service account': () => `sk-svcacct-${draw(BASE64URL, 124)}`,
    'OpenAI, older': () => `sk-${draw(BASE62, 48)}`,
    Anthropic: () => `sk-ant-api03-${draw(BASE64URL, 93)}AA`,
    Google: () => `AIza${draw(BASE64URL, 35)}`,
    OpenRouter: () => `sk-or-v1-${draw(HEX, 64)}`,
    Groq: () => `gsk_${draw(BASE62, 52)}`,
    xAI: () => `xai-${draw(BASE62, 80)}`,
    DeepSeek: () => `sk-${draw(HEX, 32)}`,
    Mistral: () => draw(BASE62, 32),
    Firecrawl: () => `fc-${draw(HEX, 32)}`,
    Brave: () => `BSA${draw(BASE64URL, 28)}`,
    Tavily: () => `tvly-${draw(BASE62, 32)}`,
    'Tavily, for development': () => `tvly-dev-${draw(BASE62, 32)}`,
    Serper: () => draw(HEX, 40),
    'a provider of next year': () => draw(BASE62, 40),
  };
}
