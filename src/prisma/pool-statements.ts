import pg from 'pg';
import type { RunStatement, Statement, StatementValue } from './statement.js';

/** As the driver takes it without copying it first. */
class PreparedQuery extends pg.Query implements pg.QueryConfig {
  declare readonly text: string;
  readonly name: string;

  constructor({ name, sql }: Statement, values: readonly StatementValue[]) {
    super(sql, [...values]);
    this.name = name;
  }
}

/** What the server said, without what it says in detail: that quotes rows. */
class StatementError extends Error {
  constructor(
    message: string,
    /** Its SQLSTATE. */
    readonly code: string | undefined,
  ) {
    super(message);
    this.name = StatementError.name;
  }
}

/** Straight on a pool's connections: what every chat needs goes past the driver adapter, which takes longer for it. */
export const onPool =
  (pool: pg.Pool): RunStatement =>
  async (statement, values) => {
    const query: pg.QueryConfig = new PreparedQuery(statement, values);
    try {
      return (await pool.query<Record<string, unknown>>(query)).rows;
    } catch (error) {
      throw error instanceof pg.DatabaseError ? new StatementError(error.message, error.code) : error;
    }
  };

const asIso = (text: string): string => `${text.replace(' ', 'T').replace(/[+-]\d{2}(:\d{2})?$/, '')}+00:00`;
const asItIs = (text: string): string => text;

/** How the driver reads what the server sends: as the driver adapters do. Every session is in UTC. */
export function statementTypes(): pg.CustomTypesConfig {
  const { builtins } = pg.types;
  const types = new pg.TypeOverrides();
  for (const moment of [builtins.TIMESTAMPTZ, builtins.TIMESTAMP]) types.setTypeParser(moment, asIso);
  for (const type of [builtins.DATE, builtins.JSON, builtins.JSONB]) types.setTypeParser(type, asItIs);
  return types;
}
