import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import { UnauthenticatedError } from './auth.errors.js';
import type { AuthenticatedContext, AuthenticatedUser } from './authenticated-user.js';

/**
 * The user who is asking, as a resolver's parameter. A resolver that takes it needs a user.
 *
 * @throws UnauthenticatedError (UNAUTHENTICATED) where there is none
 */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): AuthenticatedUser =>
  requireUser(GqlExecutionContext.create(context).getContext<AuthenticatedContext>()),
);

/** @throws UnauthenticatedError (UNAUTHENTICATED) */
export function requireUser({ user }: Partial<AuthenticatedContext>): AuthenticatedUser {
  if (!user) throw new UnauthenticatedError();
  return user;
}
