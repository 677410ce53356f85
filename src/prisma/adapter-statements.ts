import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import type { RunStatement } from './statement.js';

/** Through a driver adapter, which prepares nothing. */
export const throughAdapter =
  (driver: SqlDriverAdapter): RunStatement =>
  async ({ sql }, values) => {
    const { columnNames, rows } = await driver.queryRaw({
      sql,
      args: [...values],
      argTypes: values.map((value) => ({
        scalarType: 'string',
        arity: Array.isArray(value) ? 'list' : 'scalar',
      })),
    });
    return rows.map((row) => Object.fromEntries(columnNames.map((name, index) => [name, row[index]])));
  };
