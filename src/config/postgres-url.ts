import { parseServiceUrl, type UrlForm } from './service-url.js';
import { tlsMistakes } from './postgres-tls.js';
import { InvalidValueError } from './variable.js';

const example = 'postgresql://user:password@host:5432/database';

const form: UrlForm = {
  schemes: ['postgresql:', 'postgres:'],
  mistake: `must be a postgresql:// URL (${example})`,
  foreign: [
    [/^jdbc:/i, `must not be a JDBC URL: user and password stand before the host (${example})`],
    [
      /^prisma(\+postgres)?:/i,
      `must lead to the database itself (${example}), not to Prisma's service or its local stand-in`,
    ],
    [/^postgres(ql)?\+\w+:/i, `must not name a driver after a + (${example})`],
  ],
};

/** A connection string of libpq's other kind: `host=localhost dbname=keystream`. */
const KEYWORDS = /^(host|hostaddr|port|dbname|user|password|service|sslmode)\s*=/i;

/** `user:password@/database` and `@:5432/database`: no host, which the WHATWG parser takes only without a user. */
const NO_HOST = /^(\w+:\/\/[^/?]*@)(?=(:\d*)?[/?]|$)/;

/**
 * The URL of a PostgreSQL server, as libpq and Prisma understand it.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 *
 * @returns the same in a form that every parser of URLs takes, Prisma's command line too: `user@/database?host=/folder`
 *   becomes `user@localhost/database?host=/folder`
 */
export function postgresUrl(text: string): string {
  if (KEYWORDS.test(text)) throw new InvalidValueError(`${form.mistake}, not words with =`);
  const url = parsePostgresUrl(text);
  const mistakes = [...addressMistakes(url, NO_HOST.test(text)), ...tlsMistakes(url)];
  if (mistakes.length > 0) throw new InvalidValueError(...mistakes);
  return url.href;
}

/**
 * The URL as the WHATWG parser takes it, with the folder of a Unix socket moved to the parameter `host`.
 *
 * @throws InvalidValueError
 */
export function parsePostgresUrl(text: string): URL {
  const url = parseServiceUrl(text.replace(NO_HOST, '$1localhost'), form);
  const host = decodeURIComponent(url.hostname);
  if (host.startsWith('/')) {
    url.hostname = 'localhost';
    if (!url.searchParams.get('host')) url.searchParams.set('host', host);
  }
  return url;
}

function addressMistakes(url: URL, noHost: boolean): string[] {
  const host = url.searchParams.get('host') ?? '';
  const port = url.searchParams.get('port') ?? '';
  const names = [...url.searchParams.keys()];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  return [
    noHost && host === ''
      ? `must name a host (${example}), or a socket's folder: ?host=/var/run/postgresql`
      : '',
    // The driver takes the last of them, and the checks here the first. Not named: it may be part of a password.
    repeated === undefined ? '' : 'must not repeat a parameter',
    host.includes(',') ? 'must name one host' : '',
    /^\d*$/.test(port) && Number(port) <= 65_535 ? '' : 'its parameter port must be a number',
    url.pathname.length < 2 ? 'must name a database (postgresql://host/database)' : '',
  ].filter((mistake) => mistake !== '');
}
