/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const untrusted = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const outdated = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
]);

/** A certificate that no known authority vouches for, or that is not fit for a server. */
export const isUntrusted = (code: string): boolean => untrusted.has(code);
/** A certificate before or after its time. */
export const isOutdated = (code: string): boolean => outdated.has(code);
/** A certificate for another host. */
export const isOtherName = (code: string): boolean => code === 'ERR_TLS_CERT_ALTNAME_INVALID';

/** Whether no TLS connection came about: a refused certificate, or no common version or cipher. */
export const isTlsFailure = (code: string): boolean =>
  untrusted.has(code) || outdated.has(code) || code === 'EPROTO' || /^ERR_(TLS|SSL)_/.test(code);
