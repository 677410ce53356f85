import { readFileSync } from 'node:fs';
import { systemErrorCode } from './system-error.js';
import { InvalidValueError } from './variable.js';

/** What `sslmode` may be; docs/operations.md says what each of them checks. */
const MODES = ['disable', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;

/** Files that a URL may name, and what begins what should stand in them. */
const files = [
  ['sslrootcert', /-----BEGIN (TRUSTED )?CERTIFICATE-----/, 'a certificate'],
  ['sslcert', /-----BEGIN (TRUSTED )?CERTIFICATE-----/, 'a certificate'],
  ['sslkey', /-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
] as const;

/** The authorities that Node trusts anyway, as libpq 16 calls them. */
export const SYSTEM_AUTHORITIES = 'system';

/** @returns what is wrong with it, or null */
function modeMistakeOf(mode: string): string | null {
  if (mode === 'prefer' || mode === 'allow') {
    return (
      'must not be prefer or allow: with them anyone on the path can turn TLS off; ' +
      'write require, verify-full or verify-ca where the server has TLS, and disable where it has none'
    );
  }
  return MODES.some((each) => each === mode) ? null : `must be one of ${MODES.join(', ')}`;
}

/** `sslmode` where it stands by itself. @throws InvalidValueError */
export function sslMode(text: string): string {
  const mistake = modeMistakeOf(text);
  if (mistake !== null) throw new InvalidValueError(mistake);
  return text;
}

/** What is wrong with the parameters about TLS. The driver would take some of these mistakes for another setting. */
export function tlsMistakes({ searchParams }: URL): string[] {
  const mode = searchParams.get('sslmode');
  const modeMistake = mode === null ? null : modeMistakeOf(mode);
  return [
    modeMistake === null ? null : `its parameter sslmode ${modeMistake}`,
    mode === 'verify-ca' && !namesAuthority(searchParams)
      ? 'with sslmode=verify-ca must name the certificate authority: sslrootcert=/path/ca.pem'
      : null,
    oneOfMistake(
      searchParams,
      'ssl',
      ['true', '1', '0', 'no-verify'],
      'be absent: write sslmode=require or sslmode=disable',
    ),
    oneOfMistake(searchParams, 'sslnegotiation', ['postgres', 'direct'], 'be postgres or direct'),
    searchParams.has('sslcert') === searchParams.has('sslkey')
      ? null
      : 'must name sslcert and sslkey, or neither',
    ...files.map(([name, beginning, content]) =>
      fileMistake(searchParams.get(name), name, beginning, content),
    ),
  ].filter((mistake) => mistake !== null);
}

const namesAuthority = (parameters: URLSearchParams): boolean =>
  ![null, '', SYSTEM_AUTHORITIES].includes(parameters.get('sslrootcert'));

function oneOfMistake(
  parameters: URLSearchParams,
  name: string,
  values: readonly string[],
  advice: string,
): string | null {
  const value = parameters.get(name);
  return value === null || values.includes(value) ? null : `its parameter ${name} must ${advice}`;
}

function fileMistake(path: string | null, name: string, beginning: RegExp, content: string): string | null {
  if (path === null || (name === 'sslrootcert' && path === SYSTEM_AUTHORITIES)) return null;
  try {
    return beginning.test(readFileSync(path, 'utf8'))
      ? null
      : `its parameter ${name} names a file that does not hold ${content} in PEM form`;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    return `its parameter ${name} names a file that cannot be read (${code})`;
  }
}
