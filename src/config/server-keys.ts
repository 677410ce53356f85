import { type DefaultedVariable, InvalidValueError } from './variable.js';
import type { VariableReader } from './variable-reader.js';

/** Who may spend the server's keys. `keyless`: users who have stored no key of that kind. */
export type ServerKeysRule =
  | { readonly for: 'everyone' | 'keyless' | 'nobody' }
  /** Users whose token has this scope. */
  | { readonly for: 'scope'; readonly scope: string };

const SCOPE = 'scope:';
/** A scope's characters: RFC 6749, 3.3. */
const SCOPE_NAME = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;

function serverKeysRule(text: string): ServerKeysRule {
  if (text === 'everyone' || text === 'keyless' || text === 'nobody') return { for: text };
  const scope = text.startsWith(SCOPE) ? text.slice(SCOPE.length) : '';
  if (SCOPE_NAME.test(scope)) return { for: 'scope', scope };
  throw new InvalidValueError('must be one of everyone, keyless, nobody, or scope: and the name of a scope');
}

export const serverKeysVariables = {
  serverKeysFor: {
    name: 'SERVER_KEYS_FOR',
    meaning: "who may spend the server's keys: everyone, keyless, scope:NAME, nobody; docs/keys.md says more",
    default: 'everyone',
    parse: serverKeysRule,
  } satisfies DefaultedVariable<ServerKeysRule>,
};

export const readServerKeysRule = (reader: VariableReader): ServerKeysRule =>
  reader.read(serverKeysVariables.serverKeysFor);
