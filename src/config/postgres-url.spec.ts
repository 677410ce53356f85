import { postgresUrl } from './postgres-url.js';
import { InvalidValueError } from './variable.js';

const TLS = 'test/fixtures/tls';

function mistakesIn(url: string): readonly string[] {
  try {
    return [`taken as ${postgresUrl(url)}`];
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    return error.mistakes;
  }
}

describe('The URL of a PostgreSQL server', () => {
  it.each([
    'postgresql://u:p%23@h:5432/d?sslmode=require',
    'postgres://h/d',
    'postgresql:///d?host=/run',
    'postgresql://u@[::1]:5432/d?schema=keystream&application_name=a@b',
    `postgresql://h/d?sslmode=verify-ca&sslrootcert=${TLS}/authority.pem`,
    `postgresql://h/d?sslcert=${TLS}/server.pem&sslkey=${TLS}/server.key&sslrootcert=system`,
    'postgresql://h/d?sslmode=disable',
    'postgresql://h/d?sslmode=no-verify&sslnegotiation=direct',
    'postgresql://h/d?ssl=true',
  ])('is taken as it is: %s', (url) => {
    expect(postgresUrl(url)).toBe(url);
  });

  it.each([
    ['postgresql://u:p@/d?host=/run', 'postgresql://u:p@localhost/d?host=/run'],
    ['postgres://u@:5433/d?host=/run', 'postgres://u@localhost:5433/d?host=/run'],
    ['postgresql://u:p@%2Frun%2Fpg:5433/d', 'postgresql://u:p@localhost:5433/d?host=%2Frun%2Fpg'],
    ['postgresql://%2Frun/d?schema=k', 'postgresql://localhost/d?schema=k&host=%2Frun'],
  ])('may lead to a Unix socket: %s', (url, written) => {
    expect(postgresUrl(url)).toBe(written);
    expect(postgresUrl(written)).toBe(written);
  });

  it.each([
    ['postgresql://h', 'must name a database'],
    ['postgresql://h/', 'must name a database'],
    ['postgresql://h?host=/run', 'must name a database'],
    ['postgresql://u:p@/d', 'must name a host'],
    ['postgresql://u:p@:5432/d?host=', 'must name a host'],
    ['postgresql://h/d?host=one,two', 'must name one host'],
    ['postgresql://h/d?port=x', 'port must be a number'],
    ['postgresql://h/d?sslmode=prefer', 'must not be prefer or allow'],
    ['postgresql://h/d?sslmode=allow', 'must not be prefer or allow'],
    ['postgresql://h/d?sslmode=prefer&uselibpqcompat=true', 'must not be prefer or allow'],
    ['postgresql://h/d?sslmode=on', 'must be one of disable, require'],
    ['postgresql://h/d?sslmode=', 'must be one of disable, require'],
    ['postgresql://h/d?sslmode=verify-ca', 'sslrootcert=/path'],
    ['postgresql://h/d?sslmode=verify-ca&sslrootcert=system', 'sslrootcert=/path'],
    ['postgresql://h/d?ssl=require', 'write sslmode=require'],
    ['postgresql://h/d?ssl=false', 'sslmode=disable'],
    ['postgresql://h/d?sslnegotiation=tls', 'postgres or direct'],
    [`postgresql://h/d?sslcert=${TLS}/server.pem`, 'sslcert and sslkey'],
    ['postgresql://h/d?sslrootcert=/not/there.pem', 'sslrootcert names a file that cannot be read (ENOENT)'],
    ['postgresql://h/d?sslrootcert=/', 'sslrootcert names a file that cannot be read (EISDIR)'],
    [
      `postgresql://h/d?sslrootcert=${TLS}/server.key`,
      'sslrootcert names a file that does not hold a certificate',
    ],
  ])('is refused: %s', (url, words) => {
    expect(mistakesIn(url)).toEqual([expect.stringContaining(words)]);
  });

  it('is refused for all that is wrong with it at once', () => {
    const url = 'postgresql://h/?sslmode=prefer&sslrootcert=/not/there.pem&port=x';
    expect(mistakesIn(url)).toHaveLength(4);
  });
});
