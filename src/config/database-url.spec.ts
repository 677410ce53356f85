import { databaseUrl, directDatabaseUrl, leadsToPooler } from './database-url.js';

describe("A database's URL", () => {
  it.each([
    ['postgresql://u:p@h:6543/d?pgbouncer=true', true],
    ['postgresql://h/d?schema=s&pgbouncer=true', true],
    ['postgresql://h/d?pgbouncer=false', false],
    ['postgresql://h/d', false],
  ])('says whether a pooler stands before it: %s', (url, isPooler) => {
    expect(databaseUrl(url)).toBe(url);
    expect(leadsToPooler(url)).toBe(isPooler);
  });

  it.each(['pgbouncer=1', 'pgbouncer=', 'pgbouncer=TRUE'])(
    'is refused where it says so in other words: %s',
    (query) => {
      expect(() => databaseUrl(`postgresql://h/d?${query}`)).toThrow(
        'its parameter pgbouncer must be true or false',
      );
    },
  );

  it.each([
    'postgresql://a,b/d',
    'postgresql://u:p@a:5432,b:5433/d?target_session_attrs=read-write',
    'postgres://u@a,b:5433/d',
  ])('is refused with several hosts, of which the driver knows none: %s', (url) => {
    expect(() => databaseUrl(url)).toThrow('must name one host');
  });

  it.each(['pgbouncer=true&pgbouncer=false', 'sslmode=verify-full&sslmode=no-verify', 'schema=a&schema=b'])(
    'is refused with a parameter of which readers would take one or the other: %s',
    (query) => {
      expect(() => databaseUrl(`postgresql://h/d?${query}`)).toThrow('must not repeat a parameter');
    },
  );

  it('is not taken for one with several hosts where a slash in its password cuts it short', () => {
    expect(() => databaseUrl('postgresql://u:p,w/x@h/d')).toThrow('write %2F');
  });

  it('may have a comma elsewhere', () => {
    expect(databaseUrl('postgresql://u:p,w@h/d?options=-c%20a=1,2')).toContain('p,w');
  });

  it('leads migrations past the pooler', () => {
    expect(directDatabaseUrl('postgresql://h/d')).toBe('postgresql://h/d');
    expect(() => directDatabaseUrl('postgresql://h/d?pgbouncer=true')).toThrow(
      'must lead to the database itself, not through a pooler (pgbouncer=true)',
    );
  });
});
