import { SignJWT } from 'jose';
import type { SharedSecretAuthentication } from '../config/authentication.js';

/** Signs a token (HS256) that this server accepts: with its issuer and audience, where it asks for them. */
export async function issueToken(
  { secret, issuer, audience }: SharedSecretAuthentication,
  userId: string,
  lifetimeSeconds: number,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const token = new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(userId)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeSeconds);
  if (issuer !== null) token.setIssuer(issuer);
  if (audience !== null) token.setAudience(audience);
  return token.sign(secret);
}
