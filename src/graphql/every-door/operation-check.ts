import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { UnauthenticatedError } from '../../auth/auth.errors.js';
import type { AppError } from '../../common/app-error.js';
import { BadUserInputError } from '../../common/input-errors.js';
import type { RequestContext } from '../../auth/request-context.js';
import { checkVariables } from './check-variables.js';
import { costOf, MAX_COST } from './operation-cost.js';
import { requiresUser } from './requires-user.js';

export interface CheckedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

/**
 * What every door checks of a valid document before it runs it.
 *
 * @throws UnauthenticatedError UNAUTHENTICATED, BadUserInputError BAD_USER_INPUT
 */
export function checkOperation(checked: CheckedOperation): void {
  checkUser(checked);
  const { schema, operation, variables } = checked;
  const violations = checkVariables(schema, operation, variables);
  if (violations.length > 0) throw new BadUserInputError(violations);
  const cost = costOrRefusal(checked);
  if (cost > MAX_COST) {
    const numbers = `it may have ${cost} fields in its result, and ${MAX_COST} are the most`;
    throw BadUserInputError.at('query', `asks for too much at once: ${numbers}`);
  }
}

/**
 * A variable that may be null may stand where null may not, if either has a default value: the document is valid, and what
 * stands there has no value. GraphQL finds that out when it needs the value, which is here.
 */
function costOrRefusal(checked: CheckedOperation): number {
  try {
    return costOf(checked);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const node = error.nodes?.[0];
    const path = node?.kind === Kind.VARIABLE ? node.name.value : 'variables';
    throw BadUserInputError.at(path, 'must not be null');
  }
}

/** @throws UnauthenticatedError UNAUTHENTICATED */
export function checkUser({ document, context }: Pick<CheckedOperation, 'document' | 'context'>): void {
  if (!context.user && requiresUser(document)) throw new UnauthenticatedError();
}

/** An AppError in the form that GraphQL passes on; `http.status` is for Apollo. */
export function toGraphQLError(error: AppError, status = error.httpStatus ?? 400): GraphQLError {
  return new GraphQLError(error.publicMessage, { originalError: error, extensions: { http: { status } } });
}
