import { isTlsFailure, isUntrusted } from '../common/tls-errors.js';

const UNKNOWN = 'unknown';

/** The first word of an error that Redis answered with, `OOM` say. */
export function codeOf(error: unknown): string {
  return (error instanceof Error && /^[A-Z]+(?= )/.exec(error.message)?.[0]) || UNKNOWN;
}

export const refusal = (error: unknown): string => `Redis refuses commands (${codeOf(error)}).`;

/**
 * Why a connection cannot be made, where it is more than that Redis does not answer: a wrong password, say, would
 * look like a Redis that is away. Null where there is nothing to add.
 */
export function explainFailure(error: Error): string | null {
  if (codeOf(error) !== UNKNOWN) return refusal(error);
  const code = 'code' in error ? String(error.code) : '';
  if (!isTlsFailure(code)) return null;
  return isUntrusted(code)
    ? `Redis's certificate is not trusted (${code}). Name the authority that issued it with NODE_EXTRA_CA_CERTS.`
    : `No TLS connection to Redis can be made (${code}). Check the certificate, the host's name and rediss:// in REDIS_URL.`;
}
