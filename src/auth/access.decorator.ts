import { Extensions } from '@nestjs/graphql';
import type { AccessScope } from './access-scope.js';
import { JwtNeededError, ScopeMissingError } from './auth.errors.js';
import type { AuthenticatedUser } from './authenticated-user.js';

/** The name under which a root field's {@link Access} stands among its extensions in the schema. */
export const ACCESS = 'access';

/** Which access tokens may use a field: those with a scope, all, or none. A field that says nothing is closed to them. */
export type Access = AccessScope | 'ANY' | 'JWT';

/** An access token needs this scope for the field. */
export const NeedsScope = (scope: AccessScope): MethodDecorator => Extensions({ [ACCESS]: scope });

/** Every access token may use the field, whatever its scopes. */
export const NeedsAnyToken = (): MethodDecorator => Extensions({ [ACCESS]: 'ANY' });

/** No access token may use the field. */
export const NeedsJwt = (): MethodDecorator => Extensions({ [ACCESS]: 'JWT' });

type Bearer = Pick<AuthenticatedUser, 'accessToken'>;

/**
 * @throws JwtNeededError, ScopeMissingError FORBIDDEN where the user came with an access token that may not do it; a JWT may
 *   do everything
 */
export function requireAccess({ accessToken }: Bearer, access: Access | undefined): void {
  if (accessToken === null || access === 'ANY') return;
  if (access === undefined || access === 'JWT') throw new JwtNeededError();
  if (!accessToken.scopes.has(access)) throw new ScopeMissingError(access);
}
