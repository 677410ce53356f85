import { execute, type ExecutionArgs, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { compileSelection } from '../../../src/graphql/every-door/selection/compiled-selection.js';
import { Draw } from './draw.js';
import { RandomSubscriptions, type RootCall } from './random-subscription.js';
import { RandomValues } from './random-value.js';

/** Of the events that it draws, so many have some value that is wrong: of each value this share. */
const WRONG = 0.01;
const EVENTS_EACH = 3;

/** What was compared. */
export interface Compared {
  readonly documents: number;
  readonly compiled: number;
  /** The events of compiled documents that have a result without errors. */
  readonly good: number;
  /** Of those, what the compiled selection wrote itself. */
  readonly written: number;
  /** The events of compiled documents that have errors, or something to wait for. */
  readonly bad: number;
}

/**
 * Draws documents and events, and compares what a compiled selection writes with what the executor says.
 *
 * @param calls how the schema's subscriptions are called
 * @param seeds one for each document
 * @throws with seed, document and both results, where they differ
 */
export function compareSelections(
  schema: GraphQLSchema,
  calls: readonly RootCall[],
  seeds: readonly number[],
): Compared {
  const subscriptions = new RandomSubscriptions(schema, calls);
  const values = new RandomValues(schema, WRONG);
  const compared = { documents: 0, compiled: 0, good: 0, written: 0, bad: 0 };
  for (const seed of seeds) {
    const draw = new Draw(seed);
    const { field, query, ...drawn } = subscriptions.draw(draw);
    const args = { schema, ...drawn };
    const write = compileSelection(args);
    compared.documents += 1;
    if (!write) continue;
    compared.compiled += 1;
    const { type } = schema.getSubscriptionType()!.getFields()[field]!;
    for (let index = 0; index < EVENTS_EACH; index += 1) {
      const event = values.of(type, draw);
      const expected = executed({ ...args, rootValue: event });
      const actual = write(event);
      if (actual !== null && actual !== expected) {
        const { variableValues } = args;
        throw new Error(
          `Seed ${String(seed)}:\n${query}\n${JSON.stringify(variableValues)}\nwrites\n${actual}\ninstead of\n${String(expected)}`,
        );
      }
      if (expected === null) compared.bad += 1;
      else compared.good += 1;
      if (actual !== null) compared.written += 1;
    }
  }
  return compared;
}

/** The executor's result as JSON; null where it has errors, has to be waited for, or has no JSON. */
function executed(args: ExecutionArgs): string | null {
  const result = execute(args);
  if (!isResult(result)) {
    result.catch(() => undefined);
    return null;
  }
  if (result.errors) return null;
  try {
    return JSON.stringify(result);
  } catch {
    return null;
  }
}

const isResult = (result: ExecutionResult | Promise<ExecutionResult>): result is ExecutionResult =>
  !('then' in result);

/** `count` whole numbers from `first` on. */
export const seedsFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => first + index);

export const sumOf = (all: readonly Compared[]): Compared =>
  all.reduce((sum, one) => ({
    documents: sum.documents + one.documents,
    compiled: sum.compiled + one.compiled,
    good: sum.good + one.good,
    written: sum.written + one.written,
    bad: sum.bad + one.bad,
  }));
