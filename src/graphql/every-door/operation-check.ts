import { GraphQLError, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
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
  const cost = costOf(checked);
  if (cost > MAX_COST) {
    const numbers = `it may have ${cost} fields in its result, and ${MAX_COST} are the most`;
    throw BadUserInputError.at('query', `asks for too much at once: ${numbers}`);
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
