import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Where a code came from, until it is exchanged. */
export interface Grant {
  readonly challenge: string;
  readonly nonce: string | null;
  readonly redirectUri: string;
  readonly user: string;
}

/** How providers differ in what they give out. */
export interface TokenHabits {
  /** Whether a refresh token comes with the others; `bare`: what it is exchanged for has no ID token in it. */
  readonly refreshTokens?: 'full' | 'bare';
  /** Whether answers say how long the access token serves. */
  readonly saysLifetime?: boolean;
}

export const CLIENT = 'console';

/** The tokens of an identity provider on this machine, and what they are given for. */
export class IdentityTokens {
  /** How long tokens serve. */
  seconds = 300;
  /** How many times tokens were given out. */
  exchanged = 0;
  readonly #grants = new Map<string, Grant>();
  readonly #refreshTokens = new Map<string, string>();
  readonly #keys = generateKeyPair('ES256');

  constructor(
    private readonly issuer: () => string,
    private readonly audience: string,
    private readonly habits: TokenHabits,
  ) {}

  async keySet(): Promise<object> {
    return { keys: [{ ...(await exportJWK((await this.#keys).publicKey)), alg: 'ES256' }] };
  }

  grant(grant: Grant): string {
    const code = randomUUID();
    this.#grants.set(code, grant);
    return code;
  }

  /** RFC 6749 sections 4.1.3 and 6, with the verifier of RFC 7636 section 4.6. A code, or a refresh token, serves once. */
  exchange(sent: URLSearchParams): Promise<object> | null {
    if (sent.get('grant_type') === 'refresh_token') {
      const used = sent.get('refresh_token') ?? '';
      const user = this.#refreshTokens.get(used);
      this.#refreshTokens.delete(used);
      return user === undefined ? null : this.#give(user, null, this.habits.refreshTokens !== 'bare');
    }
    const code = sent.get('code') ?? '';
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    const challenge = createHash('sha256')
      .update(sent.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant?.challenge !== challenge || sent.get('redirect_uri') !== grant.redirectUri) return null;
    return this.#give(grant.user, grant.nonce, true);
  }

  /** A token for the API. */
  accessToken(user: string): Promise<string> {
    return this.#sign({ aud: this.audience, sub: user });
  }

  async #give(user: string, nonce: string | null, hasIdToken: boolean): Promise<object> {
    this.exchanged += 1;
    const refreshToken = randomUUID();
    this.#refreshTokens.set(refreshToken, user);
    const { refreshTokens, saysLifetime = true } = this.habits;
    return {
      token_type: 'Bearer',
      access_token: await this.accessToken(user),
      ...(saysLifetime && { expires_in: this.seconds }),
      ...(refreshTokens && { refresh_token: refreshToken }),
      ...(hasIdToken && { id_token: await this.#sign({ aud: CLIENT, sub: user, ...(nonce && { nonce }) }) }),
    };
  }

  async #sign(claims: Record<string, unknown>): Promise<string> {
    const { privateKey } = await this.#keys;
    const now = Math.floor(Date.now() / 1000);
    // A later one ends later, within the same second, too.
    const times = { iat: now, exp: now + this.seconds + this.exchanged, jti: randomUUID() };
    return new SignJWT({ ...claims, ...times, iss: this.issuer() })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
  }
}
