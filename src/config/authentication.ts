import { createSecretKey, type KeyObject } from 'node:crypto';
import type { GeneralConfig } from './general.js';
import { printableText } from './parsers.js';
import { checkIsRandom } from './randomness.js';
import type { SecretSource } from './secret-source.js';
import { documentUrl } from './url-parsers.js';
import { InvalidValueError, type Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

/** Who signs the tokens: we with a shared secret (HS256), or an OpenID provider with the keys it publishes. */
export type AuthenticationConfig = SharedSecretAuthentication | KeySetAuthentication;

export interface SharedSecretAuthentication {
  readonly kind: 'shared-secret';
  readonly secret: KeyObject;
  /** What a token's `iss` and `aud` must be; null: they are not looked at. */
  readonly issuer: string | null;
  readonly audience: string | null;
}

export interface KeySetAuthentication {
  readonly kind: 'key-set';
  readonly url: URL;
  readonly issuer: string;
  readonly audience: string;
}

/** RFC 7518 section 3.2 asks for a key at least as long as HS256's hash. */
const MINIMUM_SECRET_BYTES = 32;

function sharedSecret(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes < MINIMUM_SECRET_BYTES) {
    throw new InvalidValueError(`has ${bytes} bytes; HS256 needs at least ${MINIMUM_SECRET_BYTES}`);
  }
  checkIsRandom(text);
  return text;
}

export const authenticationVariables = {
  secret: {
    name: 'AUTH_JWT_SECRET',
    meaning:
      'HS256 secret of at least 32 bytes; required in production without AUTH_JWKS_URL, else made in DATA_DIR',
    default: null,
    parse: sharedSecret,
    secret: true,
  } satisfies Variable<string>,
  keySetUrl: {
    name: 'AUTH_JWKS_URL',
    meaning: 'key set of an OpenID provider, whose tokens are then the only ones accepted',
    default: null,
    parse: documentUrl,
  } satisfies Variable<URL>,
  issuer: {
    name: 'AUTH_ISSUER',
    meaning: "what a token's iss must be; required with AUTH_JWKS_URL",
    default: null,
    parse: printableText,
  } satisfies Variable<string>,
  audience: {
    name: 'AUTH_AUDIENCE',
    meaning: "what a token's aud must hold; required with AUTH_JWKS_URL",
    default: null,
    parse: printableText,
  } satisfies Variable<string>,
};

/** The checks that need no secret made for development. */
export function checkAuthentication(reader: VariableReader, { production }: GeneralConfig): void {
  const { secret, keySetUrl, issuer, audience } = authenticationVariables;
  reader.readOptional(secret);
  reader.readOptional(keySetUrl);
  for (const variable of [issuer, audience]) {
    reader.readOptional(variable);
    if (reader.isSet(keySetUrl) && !reader.isSet(variable)) {
      reader.report(variable, `is required with ${keySetUrl.name}`);
    }
  }
  if (production && !reader.isSet(secret) && !reader.isSet(keySetUrl)) {
    reader.report(secret, `is required in production, unless ${keySetUrl.name} is set`);
  }
}

/** @returns null after a mistake, which is reported */
export function readAuthentication(
  reader: VariableReader,
  secrets: SecretSource,
): AuthenticationConfig | null {
  const variables = authenticationVariables;
  const issuer = reader.readOptional(variables.issuer);
  const audience = reader.readOptional(variables.audience);
  const url = reader.readOptional(variables.keySetUrl);
  if (url !== null) {
    if (reader.isSet(variables.secret)) {
      secrets.warnings.push(`${variables.secret.name} has no effect beside ${variables.keySetUrl.name}.`);
    }
    return issuer === null || audience === null ? null : { kind: 'key-set', url, issuer, audience };
  }
  const secret = secrets.get(variables.secret, 'development-jwt-secret');
  if (secret === null) return null;
  return { kind: 'shared-secret', secret: createSecretKey(secret, 'utf8'), issuer, audience };
}
