import { SYSTEM_AUTHORITIES } from '../config/postgres-tls.js';

const parametersOfTls = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation'];

/**
 * Says `sslmode` in the driver's words. `require` checks the certificate and the host's name, like `verify-full`, where
 * libpq checks nothing: encrypting for an unknown server protects from no attacker on the way. For libpq's
 * meaning there is `uselibpqcompat=true`, the driver's own parameter, and for no checks `no-verify`.
 */
export function setTls(parameters: URLSearchParams): void {
  if (parameters.get('host')?.startsWith('/')) {
    // As libpq has it: a Unix socket stays on this machine.
    for (const name of parametersOfTls) parameters.delete(name);
    parameters.set('ssl', '0');
    return;
  }
  if (parameters.get('sslrootcert') === SYSTEM_AUTHORITIES) {
    parameters.delete('sslrootcert');
    parameters.set('sslmode', 'verify-full');
  }
  const mode = parameters.get('sslmode');
  const asLibpq = parameters.get('uselibpqcompat') === 'true';
  if (mode === 'require' && !asLibpq) parameters.set('sslmode', 'verify-full');
  if (mode === 'verify-ca') parameters.set('uselibpqcompat', 'true');
  // The driver knows this mode of its own only where it does not follow libpq.
  if (mode === 'no-verify') parameters.delete('uselibpqcompat');
}
