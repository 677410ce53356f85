import {
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql';
import type { Draw } from './draw.js';

const Word = new GraphQLScalarType({
  name: 'Word',
  serialize(value) {
    if (typeof value !== 'string') throw new TypeError('It is no word.');
    return value === '' ? null : value.toUpperCase();
  },
});
const Anything = new GraphQLScalarType({ name: 'Anything' });
const Level = new GraphQLEnumType({
  name: 'Level',
  values: { LOW: { value: 1 }, HIGH: { value: { level: 2 } }, NONE: {}, OTHER: { value: 'other' } },
});
const leaves = [GraphQLString, GraphQLID, GraphQLInt, GraphQLFloat, GraphQLBoolean, Word, Anything, Level];

type Fields = GraphQLFieldConfigMap<any, any>;

/** A subscription of made-up types. @param odd whether it has what the compiler of selections does not know, too */
export function drawSchema(draw: Draw, odd: boolean): GraphQLSchema {
  return new RandomSchema(draw, odd).make();
}

class RandomSchema {
  readonly #objects: GraphQLObjectType[] = [];
  readonly #abstract: (GraphQLInterfaceType | GraphQLUnionType)[] = [];

  constructor(
    private readonly draw: Draw,
    private readonly odd: boolean,
  ) {}

  make(): GraphQLSchema {
    const { draw } = this;
    const interfaces = draw.list(1, 2, (index) => this.#interface(`Named${String(index)}`));
    this.#abstract.push(...interfaces);
    for (let index = 0; index < draw.integer(3, 6); index += 1) {
      const implemented = interfaces.filter((_, at) => (at === 0 && index === 0 ? true : draw.chance(0.5)));
      this.#objects.push(this.#object(`Thing${String(index)}`, implemented));
    }
    // An interface without a type of its own is not valid.
    for (const [index, one] of interfaces.entries()) {
      this.#objects.push(this.#object(`Only${String(index)}`, [one]));
    }
    const types = this.#objects.filter(() => draw.chance(0.6));
    if (types.length > 0) this.#abstract.push(new GraphQLUnionType({ name: 'Some', types }));
    const subscription = new GraphQLObjectType({ name: 'Subscription', fields: () => this.#rootFields() });
    const query = new GraphQLObjectType({ name: 'Query', fields: { nothing: { type: GraphQLInt } } });
    return new GraphQLSchema({ query, subscription, types: [...this.#objects] });
  }

  #rootFields(): Fields {
    const args = { first: { type: GraphQLInt, defaultValue: 1 } };
    const all = [...this.#objects, ...this.#abstract].map((type, index): [string, Fields[string]] => [
      `event${String(index)}`,
      { type: this.#wrapped(type), args, resolve: (event: unknown) => event },
    ]);
    return Object.fromEntries(all);
  }

  #interface(name: string): GraphQLInterfaceType {
    const byName = ({ __typename }: { readonly __typename: string }): string => __typename;
    return new GraphQLInterfaceType({
      name,
      fields: () => this.#fieldsOf(name),
      resolveType: this.draw.pick([
        undefined,
        byName,
        (...args: [any]) => byName(...args),
        ...(this.odd ? [(value: any) => Promise.resolve(byName(value))] : []),
      ]),
    });
  }

  #object(name: string, interfaces: readonly GraphQLInterfaceType[]): GraphQLObjectType {
    return new GraphQLObjectType({
      name,
      interfaces: [...interfaces],
      fields: () => ({
        ...this.#fieldsOf(name),
        ...Object.assign({}, ...interfaces.map((one) => one.toConfig().fields)),
      }),
      isTypeOf: this.odd && this.draw.chance(0.1) ? () => true : undefined,
    });
  }

  /** Names of their own, or interfaces would have to agree. */
  #fieldsOf(owner: string): Fields {
    const names = ['one', 'two', 'three', 'four', 'five'].slice(0, this.draw.integer(2, 5));
    return Object.fromEntries(names.map((name) => [`${name}${owner}`, this.#field(`${name}${owner}`)]));
  }

  #field(name: string): GraphQLFieldConfig<any, any> {
    const { draw } = this;
    const composite = [...this.#objects, ...this.#abstract];
    const type = this.#wrapped(draw.chance(0.4) ? draw.pick(composite) : draw.pick(leaves));
    if (this.odd && draw.chance(0.05)) return { type, args: { first: { type: GraphQLInt } } };
    if (this.odd && draw.chance(0.05))
      return { type, resolve: (source, _, context) => context ?? source[name] };
    return draw.chance(0.5) ? { type } : { type, resolve: (source) => source[name] };
  }

  #wrapped(type: GraphQLOutputType): GraphQLOutputType {
    const { draw } = this;
    const inner = draw.chance(0.3) ? new GraphQLNonNull(type) : type;
    if (draw.chance(0.75)) return inner;
    return this.#wrapped(new GraphQLList(inner) as GraphQLOutputType);
  }
}
