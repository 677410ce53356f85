import { createSecretKey, type KeyObject } from 'node:crypto';
import { documentUrl } from './url-parsers.js';
import { InvalidValueError, type Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface AlertsConfig {
  /** Null: nobody wants webhooks. */
  readonly webhook: { readonly url: URL; readonly secret: KeyObject } | null;
}

/** What Standard Webhooks asks of a secret. */
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const [LEAST_BYTES, MOST_BYTES] = [24, 64];

function webhookSecret(text: string): KeyObject {
  const encoded = SECRET.exec(text)?.[1];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  if (encoded === undefined || bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES)
    throw new InvalidValueError(`must be whsec_ and ${LEAST_BYTES} to ${MOST_BYTES} random bytes in base64`);
  return createSecretKey(bytes);
}

export const alertsVariables = {
  url: {
    name: 'ALERT_WEBHOOK_URL',
    meaning: 'address that anomalies are posted to, signed as Standard Webhooks asks; unset: off',
    default: null,
    parse: documentUrl,
    // Addresses of chat services have a token in them.
    secret: true,
  } satisfies Variable<URL>,
  secret: {
    name: 'ALERT_WEBHOOK_SECRET',
    meaning:
      'whsec_ and 24 to 64 random bytes in base64, which webhooks are signed with; required with the URL',
    default: null,
    parse: webhookSecret,
    secret: true,
  } satisfies Variable<KeyObject>,
};

export function readAlerts(reader: VariableReader): AlertsConfig {
  const { url: urlVariable, secret: secretVariable } = alertsVariables;
  const url = reader.readOptional(urlVariable);
  const secret = reader.readOptional(secretVariable);
  if (reader.isSet(urlVariable) && !reader.isSet(secretVariable))
    reader.report(secretVariable, `is required with ${urlVariable.name}`);
  return { webhook: url === null || secret === null ? null : { url, secret } };
}
