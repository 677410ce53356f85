import { postgresUrl } from './postgres-url.js';
import { redisUrl } from './redis-url.js';
import { InvalidValueError, type Parser } from './variable.js';

/** What is said about a URL, which must not hold a piece of it. */
function mistakesIn(parse: Parser<string>, url: string): readonly string[] {
  try {
    return [`taken as ${parse(url)}`];
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    expect(error.message).not.toMatch(/hunter/i);
    return error.mistakes;
  }
}

const services = [
  ['DATABASE_URL', postgresUrl, 'postgresql', 'database'],
  ['REDIS_URL', redisUrl, 'redis', '0'],
] as const;

describe.each(services)('The URL in %s', (_variable, parse, scheme, path) => {
  const withPassword = (password: string) => `${scheme}://user:${password}@host/${path}`;

  it.each(['hunter2', '50%25hunter', 'h%23u%2Fn%3Ft%40er', '!$&*()+,;=:~._-', '%C3%BC', '<h|u>^{n}t`er"'])(
    'takes the password %s',
    (password) => {
      const { password: parsed } = new URL(parse(withPassword(password)));
      expect(decodeURIComponent(parsed)).toBe(decodeURIComponent(password));
    },
  );

  it.each([
    ['50%hunter', '%25'],
    ['hunter%', '%25'],
    ['%hunter%25', '%25'],
    ['hunter%2', '%25'],
    ['hunter%zz', '%25'],
    // Latin-1: no decoder of UTF-8 takes it.
    ['hunter%e9', '%25'],
    ['hunter#2', '%23'],
    ['hunter/2', '%2F'],
    ['2/hunter', '%2F'],
    ['hunter?2', '%3F'],
    ['2?hunter', '%3F'],
    ['hunter 2', '%20'],
    ['hunter\t2', 'spaces'],
    ['hünter', 'beyond ASCII'],
  ])('says what to write for the password %s', (password, advice) => {
    expect(mistakesIn(parse, withPassword(password))).toEqual([expect.stringContaining(advice)]);
  });

  it.each([
    ['quotes', `"${withPassword('hunter2')}"`, 'without quotes'],
    ['one quote', `'${withPassword('hunter2')}`, 'without quotes'],
    ['a name', `SOME_URL=${withPassword('hunter2')}`, 'without a name and ='],
    ['a space before it', ` ${withPassword('hunter2')}`, 'spaces'],
    ['a line break after it', `${withPassword('hunter2')}\n`, 'line breaks'],
    ['a command', `client ${withPassword('hunter2')}`, 'spaces'],
    ['no scheme', 'user:hunter2@host:1/0', `must be a ${scheme}://`],
    ['no scheme but slashes', '//user:hunter2@host/0', `must be a ${scheme}://`],
    ['no host', 'hunter2', `must be a ${scheme}://`],
    ['one slash', `${scheme}:/user:hunter2@host/0`, `must be a ${scheme}://`],
    ['no slash', `${scheme}:host/0`, `must be a ${scheme}://`],
    ['another service', 'mysql://user:hunter2@host/0', `must be a ${scheme}://`],
    ['a port that is none', `${scheme}://user:hunter2@host:port/0`, 'its port cannot be read'],
    ['a port that is too large', `${scheme}://user:hunter2@host:65536/0`, 'its port cannot be read'],
    ['several hosts', `${scheme}://user:hunter2@one,two/0`, 'must name one host'],
    ['several hosts with ports', `${scheme}://user:hunter2@one:1,two:2/0`, 'must name one host'],
  ])('is refused with %s', (_what, url, words) => {
    expect(mistakesIn(parse, url)).toEqual([expect.stringContaining(words)]);
  });
});

describe('An address of PostgreSQL that is no postgresql:// URL', () => {
  it.each([
    ['jdbc:postgresql://host/database?user=u&password=hunter2', 'JDBC'],
    ['prisma://accelerate.prisma-data.net/?api_key=hunter2', "Prisma's service"],
    ['prisma+postgres://localhost:51213/?api_key=hunter2', "Prisma's service"],
    ['postgresql+psycopg2://u:hunter2@host/database', 'driver'],
    ['host=host user=u password=hunter2', 'not words with ='],
  ])('is refused, and what to write is said: %s', (url, words) => {
    expect(mistakesIn(postgresUrl, url)).toEqual([expect.stringContaining(words)]);
    expect(mistakesIn(postgresUrl, url)).toEqual([
      expect.stringContaining('postgresql://user:password@host:5432/database'),
    ]);
  });
});

describe('An address of Redis that is no redis:// URL', () => {
  it.each(['/run/redis.sock', 'unix:///run/redis.sock', 'https://eu1.redis.example'])(
    'is refused, and what to write is said: %s',
    (url) => {
      expect(mistakesIn(redisUrl, url)).toEqual([
        expect.stringContaining('redis://user:password@host:6379/0'),
      ]);
    },
  );

  it.each(['redis://h', 'rediss://u:p@h:6380/15', 'redis://:p@[::1]:6379/0'])(
    'is taken otherwise: %s',
    (url) => {
      expect(redisUrl(url)).toBe(url);
    },
  );

  it.each(['redis://h/x', 'redis://', 'redis://h?db=1', 'redis://h/0#1'])('is refused: %s', (url) => {
    expect(mistakesIn(redisUrl, url)).toEqual([expect.stringMatching(/^must /)]);
  });
});
