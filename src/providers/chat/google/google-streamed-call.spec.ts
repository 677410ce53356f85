import { ProviderUnavailableError } from '../../../outbound/upstream-error.js';
import { StreamedArguments } from './google-streamed-call.js';

function put(...pieces: [jsonPath: unknown, value: Readonly<Record<string, unknown>>][]): unknown {
  const streamed = new StreamedArguments();
  for (const [jsonPath, value] of pieces) streamed.add({ partialArgs: [{ jsonPath, ...value }] });
  return JSON.parse(JSON.stringify(streamed.root));
}

describe('StreamedArguments', () => {
  it('puts each piece into its place', () => {
    expect(
      put(
        ['$.a', { stringValue: 'on' }],
        ['$.a', { stringValue: 'e' }],
        ['$.list[0].x', { numberValue: 0.5 }],
        ['$.list[0]["y z"]', { boolValue: false }],
        ['$.list[1]', { nullValue: null }],
        ["$['b c'].d", { nullValue: 'NULL_VALUE' }],
        ['$.nothing', {}],
      ),
    ).toEqual({ a: 'one', list: [{ x: 0.5, 'y z': false }, null], 'b c': { d: null } });
  });

  it('begins with the arguments that came whole', () => {
    const streamed = new StreamedArguments();
    streamed.add({ args: { a: 'on', b: { c: 1 } } });
    streamed.add({
      partialArgs: [
        { jsonPath: '$.a', stringValue: 'e' },
        { jsonPath: '$.b.d', numberValue: 2 },
      ],
    });
    expect(JSON.parse(JSON.stringify(streamed.root))).toEqual({ a: 'one', b: { c: 1, d: 2 } });
  });

  it.each([
    'a',
    '$',
    '$a',
    '$..a',
    '$.a[*]',
    '$.a[1]',
    '$.a[999999999]',
    '$[0',
    '$.__proto__.x',
    "$.a['__proto__'].x",
    `$${'.a'.repeat(65)}`,
    `$.${'a'.repeat(5_000)}`,
    7,
    undefined,
  ])('takes %j for an outage', (path) => {
    expect(() => put([path, { stringValue: 'x' }])).toThrow(ProviderUnavailableError);
    expect({}).not.toHaveProperty('x');
  });

  it('changes nothing that is not its own', () => {
    const streamed = new StreamedArguments();
    streamed.add({ args: { b: {} }, partialArgs: [{ jsonPath: '$.b.constructor.x', numberValue: 1 }] });
    expect(Object).not.toHaveProperty('x');
    expect(JSON.stringify(streamed.root)).toBe('{"b":{"constructor":{"x":1}}}');
  });
});
