import fc from 'fast-check';
import { headerNames, headerValues, methods, odd, paths, words } from './odd-pieces.js';

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...odd) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);
const piece = fc.oneof(
  fc.constantFrom(...words),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const place = fc.nat({ max: 9_999 });

/** One change. Places count from the front, and begin anew behind the end, so that each fits every request. */
const change = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      to: fc.constant('json' as const),
      place,
      how: fc.constantFrom('drop', 'set', 'wrap', 'double', 'rename', 'add', 'mine'),
      value,
      piece,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      to: fc.constant('document' as const),
      place,
      how: fc.constantFrom('drop', 'set', 'double', 'swap'),
      piece,
      other: place,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      to: fc.constant('text' as const),
      place,
      at: place,
      how: fc.constantFrom('insert', 'cut', 'repeat'),
      piece,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      to: fc.constant('header' as const),
      name: fc.constantFrom(...headerNames),
      value: fc.oneof(fc.constantFrom(...headerValues), fc.string({ maxLength: 20 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ to: fc.constant('method' as const), method: fc.constantFrom(...methods) }),
  },
  { weight: 1, arbitrary: fc.record({ to: fc.constant('path' as const), path: fc.constantFrom(...paths) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      to: fc.constant('bytes' as const),
      at: place,
      byte: fc.nat({ max: 255 }),
      how: fc.constantFrom('set', 'cut', 'insert'),
    }),
  },
);
export type Change = typeof change extends fc.Arbitrary<infer Each> ? Each : never;

/** A valid request, by its place among them, and how it is changed. */
export const recipe = fc.record({
  request: place,
  changes: fc.array(change, { minLength: 1, maxLength: 3 }),
});
export type Recipe = typeof recipe extends fc.Arbitrary<infer Each> ? Each : never;
