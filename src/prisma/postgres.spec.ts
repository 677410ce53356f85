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

  it('is told without user, password and parameters', () => {
    expect(addressOf('postgresql://me:hunter2@host:5433/database?password=hunter2')).toBe(
      'host:5433/database',
    );
  });
});
