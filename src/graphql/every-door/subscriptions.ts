import { Injectable } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  getOperationAST,
  type GraphQLError,
  OperationTypeNode,
} from 'graphql';
import type { RequestContext } from '../../auth/request-context.js';
import { AppError } from '../../common/app-error.js';
import type { EventSource } from '../../common/event-source.js';
import { BadUserInputError } from '../../common/input-errors.js';
import { Documents } from './documents.js';
import { ErrorMask } from './error-mask.js';
import { CompiledSelections } from './selection/compiled-selections.js';
import { checkOperation, toGraphQLError } from './operation-check.js';
import { PersistedOperations } from './persisted-operations.js';
import type { RequestedOperation } from './requested-operation.js';

/** One subscription as a client asks for it. */
export interface SubscriptionRequest extends RequestedOperation {
  /** Empty where an id names it. */
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A subscription that has begun. */
export interface RunningSubscription {
  readonly source: EventSource<object>;
  /** The JSON of an event's result, as the client may see it. */
  readonly toText: (event: object) => string | Promise<string>;
}

/** A result whose errors no client may see as they are. */
export interface UnmaskedResult {
  readonly data?: FormattedExecutionResult['data'];
  readonly errors?: readonly unknown[] | undefined;
}

/** What every door for subscriptions does with one, over any transport. */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly schemaHost: GraphQLSchemaHost,
    private readonly documents: Documents,
    private readonly persisted: PersistedOperations,
    private readonly selections: CompiledSelections,
    private readonly mask: ErrorMask,
  ) {}

  /**
   * Parses and validates, within the limits of all doors.
   *
   * @param place names the door in the message that refuses queries and mutations: `over WebSocket`
   * @returns errors where the document itself is refused
   */
  prepare(
    request: SubscriptionRequest,
    contextValue: RequestContext,
    place: string,
  ): ExecutionArgs | readonly GraphQLError[] {
    const document = this.read(request);
    if (!('kind' in document)) return document;
    const { variables } = request;
    const { schema } = this.schemaHost;
    // Clients that have no name for an operation may send an empty one.
    const operationName = request.operationName === '' ? null : request.operationName;
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
      const message = operation
        ? `only subscriptions run ${place}: send queries and mutations to POST /graphql`
        : 'must have one operation, or operationName must name one';
      return [toGraphQLError(BadUserInputError.at('query', message))];
    }
    return { schema, document, operationName, variableValues: variables, contextValue };
  }

  private read(request: SubscriptionRequest): DocumentNode | readonly GraphQLError[] {
    try {
      return this.persisted.find(request)?.document ?? this.documents.read(request.query);
    } catch (error) {
      if (error instanceof AppError) return [toGraphQLError(error)];
      throw error;
    }
  }

  /** @returns a subscription, or the errors for which there is none: bad input, or what the resolver throws */
  async run(args: ExecutionArgs): Promise<RunningSubscription | ExecutionResult> {
    const refusal = refusalOf(args);
    if (refusal) return { errors: [refusal] };
    const stream = await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in stream)) return stream;
    const write = this.selections.get(args);
    return { source: toSource(stream), toText: (event) => write?.(event) ?? this.execute(args, event) };
  }

  /** The standard executor, for what the compiled selection leaves to it. */
  private execute(args: ExecutionArgs, event: object): string | Promise<string> {
    const { requestId } = args.contextValue as RequestContext;
    const toText = (result: ExecutionResult): string => JSON.stringify(this.show(result, requestId));
    const result = execute({ ...args, rootValue: event });
    return result instanceof Promise ? result.then(toText) : toText(result);
  }

  /** @returns a result as a client may see it */
  show({ data, errors }: UnmaskedResult, requestId: string): FormattedExecutionResult {
    return {
      ...(data !== undefined && { data }),
      ...(errors && { errors: this.showErrors(errors, requestId) }),
    };
  }

  showErrors(errors: readonly unknown[], requestId: string) {
    return errors.map((error) => this.mask.format(error, requestId));
  }
}

/** What is wrong with the input rather than the document. */
function refusalOf({
  schema,
  document,
  operationName,
  variableValues,
  contextValue,
}: ExecutionArgs): GraphQLError | null {
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('An operation was lost on its way.');
  try {
    const context = contextValue as RequestContext;
    checkOperation({ schema, document, operation, variables: variableValues ?? {}, context });
    return null;
  } catch (error) {
    if (error instanceof AppError) return toGraphQLError(error);
    throw error;
  }
}

/** @throws Error where a resolver's stream is none that a door can hand on */
function toSource(stream: AsyncIterable<unknown>): EventSource<object> {
  if (!('take' in stream && 'whenReady' in stream && 'leave' in stream)) {
    throw new Error('The stream of a subscription must be an EventSource.');
  }
  return stream as unknown as EventSource<object>;
}
