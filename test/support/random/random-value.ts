import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Draw } from './draw.js';

const TEXTS = [
  '',
  'plain',
  ' "quoted" \\ and / more',
  'line\nbreak\u2028\u0000\u001f',
  '\ud83d\ude00 \ud83d alone',
  '</script>',
  '12',
  '__proto__',
];

/** Values that have a place where their type is expected, and a few more. */
const leaves: Readonly<Record<string, readonly unknown[]>> = {
  String: [...TEXTS, ...TEXTS, 7, -0, 1e21, true, { valueOf: () => 'of an object' }],
  ID: [...TEXTS, '0190a6b2-7e7c-7c3a-9a59-6a7d3f0e8d11', 12, { toJSON: () => 'id' }],
  Int: [0, -0, 1, -7, 2 ** 31 - 1, '12', true, { valueOf: () => 5 }],
  Float: [0, -0, 0.1, 1e21, 1e-7, -3.25, 12, '1.5', false],
  Boolean: [true, false, 0, 1],
};

/** For types that are made up. */
const anything: readonly unknown[] = [
  ...TEXTS,
  3,
  1e21,
  Number.NaN,
  true,
  { a: [1, { b: undefined }] },
  [null, 'x'],
  { toJSON: (name: string) => `under ${name}` },
];

/** Objects in objects. */
const DEEPEST = 5;

/** Values that stand wrong nearly everywhere. */
const wrongValues: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => new Error('in the place of a value'),
  () => Promise.resolve('later'),
  () => ({ then: (resolve: (value: string) => void) => resolve('later') }),
  () => rejection(),
  () => () => 'called',
  () => Number.NaN,
  () => 2 ** 40,
  () => 1.5,
  () => 'a text',
  () => Symbol('s'),
  () => 10n,
  () => ({}),
  () => [],
  () => new Set(['a']),
  () => new Date(0),
  () => ({ __typename: 'Nothing' }),
];

function rejection(): Promise<never> {
  const promise = Promise.reject(new Error('later'));
  promise.catch(() => undefined);
  return promise;
}

type Maker = (draw: Draw, depth: number) => unknown;

/** Draws values for the types of a schema. What a type is, it looks up once: GraphQL takes its time to say so. */
export class RandomValues {
  readonly #makers = new Map<GraphQLOutputType, Maker>();

  /** @param wrong of all values, within others too, the share of those that stand wrong */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly wrong: number,
  ) {}

  of(type: GraphQLOutputType, draw: Draw, depth = 0): unknown {
    let make = this.#makers.get(type);
    if (!make) {
      make = this.#maker(type);
      this.#makers.set(type, make);
    }
    return make(draw, depth);
  }

  #maker(type: GraphQLOutputType): Maker {
    const isRequired = isNonNullType(type);
    const make = this.#presentMaker(isRequired ? type.ofType : type);
    return (draw, depth) => {
      if (draw.chance(this.wrong)) return draw.pick(wrongValues)();
      return !isRequired && draw.chance(0.15 + depth / 10) ? draw.pick([null, undefined]) : make(draw, depth);
    };
  }

  #presentMaker(type: GraphQLOutputType): Maker {
    if (isListType(type)) return this.#listMaker(type.ofType);
    if (isEnumType(type)) return (draw) => draw.pick(type.getValues()).value;
    if (isAbstractType(type)) {
      const types = this.schema.getPossibleTypes(type);
      return (draw, depth) => this.of(draw.pick(types), draw, depth);
    }
    if (isObjectType(type)) return this.#objectMaker(type);
    return (draw) => draw.pick(leaves[String(type)] ?? anything);
  }

  #listMaker(type: GraphQLOutputType): Maker {
    return (draw, depth) => {
      const items = draw.list(0, depth > 3 ? 1 : 2, () => this.of(type, draw, depth + 1));
      return draw.chance(0.01) ? new Set(items) : items;
    };
  }

  #objectMaker(type: GraphQLObjectType): Maker {
    const fields = Object.values(type.getFields());
    return (draw, depth) => {
      const value: Record<string, unknown> = { __typename: type.name };
      // Beyond this, what must be there is not: the executor says so.
      if (depth <= DEEPEST) {
        for (const field of fields) value[field.name] = this.of(field.type, draw, depth + 1);
      }
      return draw.chance(0.1) ? Object.create(value) : value;
    };
  }
}
