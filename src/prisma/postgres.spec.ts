import { addressOf, withSession } from './postgres.js';

const optionsOf = (url: string) => new URL(withSession(url)).searchParams.get('options');

describe("A PostgreSQL server's URL", () => {
  it('puts every session in UTC', () => {
    expect(optionsOf('postgresql://host/database')).toBe('-c TimeZone=UTC');
  });

  it("keeps options of its own, and lets this server's have the last word", () => {
    expect(optionsOf('postgresql://host/database?options=-c%20TimeZone%3DCET%20-c%20work_mem%3D8MB')).toBe(
      '-c TimeZone=CET -c work_mem=8MB -c TimeZone=UTC',
    );
  });

  it('leads unqualified names to the schema that it names, however that is called', () => {
    expect(optionsOf('postgresql://host/database?schema=K%20s')).toBe(
      '-c TimeZone=UTC -c search_path="K\\ s"',
    );
  });

  it.each([
    ['postgresql://me:hunter2@host:5433/database?password=hunter2', 'host:5433/database'],
    ['postgresql://me:hunter2@[::1]/database', '[::1]/database'],
    ['postgresql://me:hunter2@/database?host=/run/postgresql', '/run/postgresql/database'],
    ['postgresql://me:hunter2@:5433/database?host=/run', '/run:5433/database'],
    ['postgresql://me:hunter2@%2Frun/database', '/run/database'],
    ['postgresql:///database?host=/run&port=5433', '/run:5433/database'],
    ['postgresql://me@here:1/database?host=there&port=2', 'there:2/database'],
  ])('is shown without user, password and parameters: %s', (url, address) => {
    expect(addressOf(url)).toBe(address);
  });

  it.each([
    ['', {}],
    ['sslmode=disable', { sslmode: 'disable' }],
    ['sslmode=require', { sslmode: 'verify-full' }],
    ['sslmode=require&sslrootcert=ca.pem', { sslmode: 'verify-full', sslrootcert: 'ca.pem' }],
    ['sslmode=verify-full', { sslmode: 'verify-full' }],
    [
      'sslmode=verify-ca&sslrootcert=ca.pem',
      { sslmode: 'verify-ca', sslrootcert: 'ca.pem', uselibpqcompat: 'true' },
    ],
    ['sslmode=require&uselibpqcompat=true', { sslmode: 'require', uselibpqcompat: 'true' }],
    ['sslmode=no-verify&uselibpqcompat=true', { sslmode: 'no-verify' }],
    ['sslrootcert=system', { sslmode: 'verify-full' }],
    ['sslmode=require&sslrootcert=system', { sslmode: 'verify-full' }],
    // As with libpq, TLS has no meaning on a Unix socket.
    ['host=/run&sslmode=require&sslrootcert=ca.pem', { host: '/run', ssl: '0' }],
  ])('says to the driver what %s means', (query, parameters) => {
    const { searchParams } = new URL(withSession(`postgresql://host/database?${query}`));
    searchParams.delete('options');
    expect(Object.fromEntries(searchParams)).toEqual(parameters);
  });
});
