import { ProviderUnavailableError } from '../../../outbound/upstream-error.js';
import { listAt, valueAt } from '../value-at.js';

type Container = Record<string, unknown> | unknown[];

/** A step of a JSONPath (RFC 9535): `.name`, `['name']` or `[0]`. */
const STEP = /\.([^.[\]]+)|\[(\d{1,6})\]|\[(?:'([^']*)'|"([^"]*)")\]/gy;
const MAX_STEPS = 64;
const MAX_PATH_LENGTH = 4_096;

const values = ['stringValue', 'numberValue', 'boolValue', 'nullValue'] as const;

/**
 * Arguments that come in pieces, each with its place (`PartialArg`). They are sent where a request asks for them, which
 * none of ours does; gateways ask by themselves.
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Content#PartialArg
 */
export class StreamedArguments {
  readonly root: Record<string, unknown> = Object.create(null) as Record<string, unknown>;

  /** @throws ProviderUnavailableError PROVIDER_UNAVAILABLE for a place that cannot be */
  add(functionCall: unknown): void {
    Object.assign(this.root, valueAt(functionCall, 'args'));
    for (const piece of listAt(functionCall, 'partialArgs')) {
      const name = values.find((field) => valueAt(piece, field) !== undefined);
      if (name)
        this.#set(stepsOf(valueAt(piece, 'jsonPath')), name === 'nullValue' ? null : valueAt(piece, name));
    }
  }

  #set(steps: readonly (string | number)[], value: unknown): void {
    let container: Container = this.root;
    for (const [index, step] of steps.entries()) {
      const before: unknown = at(container, step);
      const next = steps[index + 1];
      if (next === undefined) put(container, step, joined(before, value));
      else if (isContainer(before)) container = before;
      else
        container = put(container, step, typeof next === 'number' ? [] : (Object.create(null) as Container));
    }
  }
}

function stepsOf(path: unknown): (string | number)[] {
  const steps: (string | number)[] = [];
  const isPath = typeof path === 'string' && path.startsWith('$') && path.length <= MAX_PATH_LENGTH;
  const text = isPath ? path.slice(1) : '';
  let end = 0;
  for (const [step, name, index, single, double] of text.matchAll(STEP)) {
    steps.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index));
    end += step.length;
  }
  const isPlace = end === text.length && steps.length > 0 && steps.length <= MAX_STEPS;
  // That name is no field like others in an object that comes from a parser.
  if (!isPlace || steps.includes('__proto__')) throw new ProviderUnavailableError();
  return steps;
}

/** A text may come in pieces. */
function joined(before: unknown, value: unknown): unknown {
  return typeof before === 'string' && typeof value === 'string' ? before + value : value;
}

function at(container: Container, step: string | number): unknown {
  if (!Array.isArray(container)) return Object.hasOwn(container, step) ? container[step] : undefined;
  // A list grows by one at a time: a place far behind its end would be filled with nothing.
  if (typeof step === 'string' || step > container.length) throw new ProviderUnavailableError();
  return container[step];
}

function put<Value>(container: Container, step: string | number, value: Value): Value {
  (container as Record<string, unknown>)[step] = value;
  return value;
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}
