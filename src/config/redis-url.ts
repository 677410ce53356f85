import { parseServiceUrl } from './service-url.js';
import { InvalidValueError } from './variable.js';

const example = 'redis://user:password@host:6379/0';

/** https://www.iana.org/assignments/uri-schemes/prov/redis; the path is the database's number. */
export function redisUrl(text: string): string {
  const url = parseServiceUrl(text, {
    schemes: ['redis:', 'rediss:'],
    mistake: `must be a redis:// or rediss:// URL (${example})`,
    foreign: [
      [
        /^https?:\/\//i,
        `must be the redis:// or rediss:// address (${example}), not one of an API over HTTP`,
      ],
      [
        /^(unix:|redis\+|\/(?!\/))/i,
        `must lead to Redis over TCP (${example}): sockets of the file system are not supported`,
      ],
    ],
  });
  // The client would take a query for settings of its own.
  if (text.includes('?')) throw new InvalidValueError('must not have a query (?)');
  if (url.hostname === '' || !/^(\/\d{0,5})?$/.test(url.pathname))
    throw new InvalidValueError('must name a host, and a database by its number (redis://host/0)');
  return text;
}
