import type { ChatInput } from '../schema/chat.inputs.js';
import { JsonInput } from '../../common/json.scalar.js';
import { inputDigestOf } from './request-claims.js';

/** As plain as it is written down. */
type Input = { [Field in keyof ChatInput]: ChatInput[Field] };

const input: Input = { messages: [{ role: 'USER', content: 'Hello' }], failover: false };

const toolOf = (schema: object) => ({ name: 'a', parameters: new JsonInput(schema) });

describe('inputDigestOf', () => {
  it('differs for another schema, also where only a false or a null in it differs', () => {
    const digests = [{}, { a: false }, { a: null }, { b: {} }].map((schema) =>
      inputDigestOf({ ...input, tools: [toolOf(schema)] }),
    );
    expect(new Set(digests).size).toBe(4);
  });

  it.each<[string, Partial<Input>]>([
    ['the request id', { requestId: 'another' }],
    ['what is null instead of left out', { model: null, temperature: null, webSearch: null }],
    ['a default that is spelt out', { failover: null }],
    ['a cache that is not asked for', { promptCache: 'OFF' }],
  ])('is the same whatever %s', (_, more) => {
    expect(inputDigestOf({ ...input, ...more })).toBe(inputDigestOf(input));
  });

  it.each<[string, Partial<Input>]>([
    ['message', { messages: [{ role: 'USER', content: 'hello' }] }],
    ['role', { messages: [{ role: 'SYSTEM', content: 'Hello' }] }],
    ['provider', { provider: 'GOOGLE' }],
    ['temperature', { temperature: 0 }],
    ['wish for failover', { failover: true }],
    ['wish to search', { webSearch: {} }],
    ['wish for a cache', { promptCache: 'AUTO' }],
    ['tool', { tools: [toolOf({ additionalProperties: false })] }],
  ])('differs for another %s', (_, more) => {
    expect(inputDigestOf({ ...input, ...more })).not.toBe(inputDigestOf(input));
  });
});
