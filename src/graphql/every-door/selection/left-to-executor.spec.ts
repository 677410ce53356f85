import {
  buildSchema,
  type ExecutionArgs,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import {
  argsOf,
  done,
  fieldOf,
  makeEventSchema,
  text,
  written,
} from '../../../../test/support/event-schema.js';
import { compileSelection } from './compiled-selection.js';

describe('an event is left to the executor', () => {
  const ids = '__typename id';
  it.each<[string, string, unknown]>([
    ['without what must be there', ids, { __typename: 'Text' }],
    ['of no type', ids, { id: 't' }],
    ['of a type that is unknown', ids, { __typename: 'Nothing', id: 't' }],
    ['of a type that is no event', ids, { __typename: 'Usage', id: 't' }],
    ['that is no object', ids, 'Text'],
    ['that is an error', ids, new Error('failed')],
    ['that is a promise', ids, Promise.resolve(text)],
    ['with a value that an enum does not have', 'level', { ...text, level: 2 }],
    ['with a text for a number', '... on Done { usage { input } }', { ...done, usage: { input: 'x' } }],
    [
      'with no number for a number',
      '... on Done { usage { price } }',
      { ...done, usage: { price: Number.NaN } },
    ],
    ['with what its scalar makes nothing of', '... on Text { upper }', { ...text, upper: '' }],
    ['with what its scalar fails on', '... on Text { upper }', { ...text, upper: 1 }],
    ['with an error for a value', '... on Text { upper }', { ...text, upper: new Error('failed') }],
    ['with a promise for a value', 'id', { ...text, id: Promise.resolve('t') }],
    ['with a promise of its scalar', '... on Text { upper }', { ...text, upper: 'later' }],
    ['with a method for a value', 'id', { ...text, id: () => 't' }],
    [
      'with a method for an object',
      '... on Done { usage { price } }',
      { ...done, usage: () => ({ price: 1 }) },
    ],
    ['with null in a list that has none', '... on Done { grid }', { ...done, grid: [[1, null]] }],
    ['with a text for a list', '... on Done { grid }', { ...done, grid: 'abc' }],
    ['with a list that can be read once', '... on Done { grid }', { ...done, grid: [[1]].values() }],
    [
      'with an object that says how it is written',
      '... on Done { any }',
      { ...done, any: { toJSON: String } },
    ],
    ['with what JSON does not know', '... on Done { any }', { ...done, any: 1n }],
    ['with what JSON leaves out', '... on Done { any }', { ...done, any: Symbol('left out') }],
    [
      'that throws',
      'id',
      {
        ...text,
        get id(): string {
          throw new Error('failed');
        },
      },
    ],
  ])('%s', (_, selection, event) => {
    expect(written(`subscription { event { ${selection} } }`, event)).toBeNull();
  });

  it('without what must be there in a list, deep within it', () => {
    const query = 'subscription { usage { last { parts { input } } } }';
    expect(written(query, { last: { parts: [{ input: 1 }, {}] } })).toBeNull();
    expect(written(query, undefined)).toBeNull();
  });
});

describe('a subscription is left to the executor', () => {
  const plain = 'subscription { event { id } }';
  it.each<[string, string, Partial<ExecutionArgs>]>([
    ['with a directive that is unknown, on a field', 'subscription { event { id @trace } }', {}],
    ['on an inline fragment', 'subscription { event { ... @trace { id } } }', {}],
    ['on a spread', 'subscription { event { ...a @trace } } fragment a on Event { id }', {}],
    ['on a fragment', 'subscription { event { ...a } } fragment a on Event @trace { id }', {}],
    ['on the operation', 'subscription @trace { event { id } }', {}],
    ['that does not exist', plain, { operationName: 'Other' }],
    ['with resolvers for all fields', plain, { fieldResolver: () => 'x' }],
    ['with a resolver for all types', plain, { typeResolver: () => 'Text' }],
    ['to a schema without subscriptions', plain, { schema: buildSchema('type Query { id: ID }') }],
    ['that is a query', '{ nothing }', {}],
    ['for the name of its root', 'subscription { __typename }', {}],
    ['with two fields', 'subscription { event { id } usage { input } }', {}],
    ['with a field that does not exist', 'subscription { event { other } }', {}],
  ])('%s', (_, query, more) => {
    expect(compileSelection(argsOf(query, more))).toBeNull();
  });

  it.each<[string, (schema: GraphQLSchema) => void]>([
    [
      'a resolver that asks for more than its source',
      (schema) => (fieldOf(schema, 'Text', 'id').resolve = (source, _args, _context) => source.id),
    ],
    [
      'a resolver that may ask for anything',
      (schema) => (fieldOf(schema, 'Text', 'id').resolve = (...args) => args[0].id),
    ],
    [
      'an argument',
      (schema) => {
        const [first] = fieldOf(schema, 'Query', 'nothing').args;
        fieldOf(schema, 'Text', 'id').args = [first!];
      },
    ],
    [
      'a type that looks at its values',
      (schema) => ((schema.getType('Done') as GraphQLObjectType).isTypeOf = () => true),
    ],
    [
      'a root that asks for more than the event',
      (schema) => (fieldOf(schema, 'Subscription', 'event').resolve = (_source, args) => args),
    ],
  ])('where its schema has %s', (_, change) => {
    const schema = makeEventSchema();
    expect(compileSelection(argsOf(plain, { schema }))).not.toBeNull();
    change(schema);
    expect(compileSelection(argsOf(plain, { schema }))).toBeNull();
  });
});

describe('what a schema does itself', () => {
  const plain = 'subscription { event { id } }';

  it('is asked: resolvers of fields that know their source, and those of types', () => {
    const schema = makeEventSchema();
    fieldOf(schema, 'Text', 'id').resolve = (source) => `${source.name}!`;
    (schema.getType('Event') as GraphQLInterfaceType).resolveType = ({ kind }) => kind;
    expect(written(plain, { kind: 'Text', name: 'n' }, { schema })).toBe('{"data":{"event":{"id":"n!"}}}');
  });

  it('leaves an event to the executor where it looks at more than was declared', () => {
    const schema = makeEventSchema();
    fieldOf(schema, 'Text', 'id').resolve = (source, args = {}) => `${source.id}${Object.keys(args).length}`;
    expect(written(plain, text, { schema })).toBeNull();
    fieldOf(schema, 'Text', 'id').resolve = ({ id }) => id;
    (schema.getType('Event') as GraphQLInterfaceType).resolveType = (_value, context) => context.type;
    expect(written(plain, text, { schema })).toBeNull();
  });

  it('leaves an event to the executor where it has to be waited for, and its failure ends nothing', async () => {
    const failures: unknown[] = [];
    const note = (failure: unknown) => failures.push(failure);
    process.on('unhandledRejection', note);
    const schema = makeEventSchema();
    fieldOf(schema, 'Text', 'id').resolve = (source) => Promise.reject(new Error(source.id));
    expect(written(plain, text, { schema })).toBeNull();
    (schema.getType('Event') as GraphQLInterfaceType).resolveType = () => Promise.reject(new Error('failed'));
    expect(written(plain, text, { schema })).toBeNull();
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(failures).toEqual([]);
  });
});
