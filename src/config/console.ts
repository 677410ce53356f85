import type { AuthenticationConfig } from './authentication.js';
import { oneOf, printableText } from './parsers.js';
import { signInUrl } from './url-parsers.js';
import { type DefaultedVariable, InvalidValueError, type Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface ConsoleConfig {
  readonly isOn: boolean;
  /** Null: people paste a token. */
  readonly signIn: SignInConfig | null;
}

/** The OpenID provider that people sign in with at the console, and what it knows the console as. */
export interface SignInConfig {
  readonly clientId: string;
  readonly issuer: string;
  readonly audience: string;
}

export const consoleVariables = {
  console: {
    name: 'CONSOLE',
    meaning: 'on or off: the page at /console, also in production',
    default: 'on',
    parse: oneOf('on', 'off'),
  } satisfies DefaultedVariable<'on' | 'off'>,
  clientId: {
    name: 'AUTH_CLIENT_ID',
    meaning: "the console's client at the OpenID provider of AUTH_JWKS_URL; unset: a token is pasted",
    default: null,
    parse: printableText,
  } satisfies Variable<string>,
};

/** The checks that need nothing of another section. */
export function checkConsole(reader: VariableReader): void {
  reader.readOptional(consoleVariables.console);
  reader.readOptional(consoleVariables.clientId);
}

/** @param warnings takes what keeps people from signing in, and stops no start */
export function readConsole(
  reader: VariableReader,
  authentication: AuthenticationConfig,
  warnings: string[],
): ConsoleConfig {
  const isOn = reader.read(consoleVariables.console) === 'on';
  const clientId = reader.readOptional(consoleVariables.clientId);
  if (!isOn || clientId === null) return { isOn, signIn: null };
  if (authentication.kind === 'shared-secret') {
    warnings.push('AUTH_CLIENT_ID has no effect without AUTH_JWKS_URL.');
    return { isOn, signIn: null };
  }
  const { issuer, audience } = authentication;
  if (canSignInAt(issuer, reader)) return { isOn, signIn: { clientId, issuer, audience } };
  warnings.push(
    'AUTH_ISSUER is no https:// URL that browsers could sign in at: at /console a token has to be pasted.',
  );
  return { isOn, signIn: null };
}

function canSignInAt(issuer: string, { production }: VariableReader): boolean {
  try {
    // RFC 8414 section 2.
    return signInUrl(issuer, { production }).search === '' && !issuer.includes('?');
  } catch (error) {
    if (error instanceof InvalidValueError) return false;
    throw error;
  }
}
