import { Injectable } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  getOperationAST,
  type GraphQLError,
  OperationTypeNode,
  subscribe,
} from 'graphql';
import type { RequestContext } from '../auth/request-context.js';
import { AppError } from '../common/app-error.js';
import { BadUserInputError } from '../common/input-errors.js';
import { Documents } from './documents.js';
import { ErrorMask } from './error-mask.js';
import { checkOperation, toGraphQLError } from './operation-check.js';
import { PersistedQueryNotSupportedError } from './persisted-query.error.js';

/** One subscription as a client asks for it. */
export interface SubscriptionRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

export type ResultStream = AsyncGenerator<ExecutionResult, void, void>;

/** A result whose errors no client may see as they are. */
export interface UnmaskedResult {
  readonly data?: FormattedExecutionResult['data'];
  readonly errors?: readonly unknown[] | undefined;
}

/** What every door for subscriptions does with one, whatever its wire looks like. */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly schemaHost: GraphQLSchemaHost,
    private readonly documents: Documents,
    private readonly mask: ErrorMask,
  ) {}

  /**
   * Parses and validates, within the limits of all doors.
   *
   * @param place where the door is, in the words that tell of queries and mutations: `over WebSocket`
   * @returns errors where the document itself is refused
   */
  prepare(
    { query, variables, extensions, ...named }: SubscriptionRequest,
    contextValue: RequestContext,
    place: string,
  ): ExecutionArgs | readonly GraphQLError[] {
    if (extensions?.persistedQuery) return [toGraphQLError(new PersistedQueryNotSupportedError())];
    const document = this.documents.read(query);
    if (!('kind' in document)) return document;
    const { schema } = this.schemaHost;
    // Clients that have no name for an operation may send an empty one.
    const operationName = named.operationName === '' ? null : named.operationName;
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
      const message = operation
        ? `only subscriptions run ${place}: send queries and mutations to POST /graphql`
        : 'must have one operation, or operationName must name one';
      return [toGraphQLError(BadUserInputError.at('query', message))];
    }
    return { schema, document, operationName, variableValues: variables, contextValue };
  }

  /** @returns a stream, or the errors for which there is none: bad input, or what the resolver throws */
  async run(args: ExecutionArgs): Promise<ResultStream | ExecutionResult> {
    const refusal = refusalOf(args);
    return refusal ? { errors: [refusal] } : subscribe(args);
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
