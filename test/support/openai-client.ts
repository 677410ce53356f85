import OpenAI from 'openai';
import { naming } from './naming.js';
import { type TestServer, tokenOf } from './test-server.js';

/** The official package, as one of its users sets it up: an address and a token. It repeats nothing, unless it is let. */
export const openaiClient = async (
  server: Pick<TestServer, 'url'>,
  who: string,
  options: { readonly maxRetries?: number } = {},
): Promise<OpenAI> =>
  new OpenAI({ baseURL: `${server.url}/v1`, apiKey: await tokenOf(who), maxRetries: 0, ...options });

/** What a request says as its model to have a provider answer. */
export function modelOf(provider: string, model = 'some-model'): string {
  const { endpoint } = naming(provider);
  return [provider.toLowerCase(), ...(endpoint ? [endpoint] : []), model].join('/');
}
