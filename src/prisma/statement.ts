import type { SqlQuery } from '@prisma/driver-adapter-utils';

/** A statement that the code sends often, the same text each time: a connection to a server prepares it once. */
export interface Statement {
  /** Unlike that of any other. */
  readonly name: string;
  /** Values stand in it as $1, $2 …. */
  readonly sql: string;
}

/** What a statement takes: a text, null, or a list of texts for an array. */
export type StatementValue = string | null | readonly string[];

/** A statement with its values, as driver adapters take it. */
export class StatementQuery implements SqlQuery {
  readonly sql: string;
  readonly args: unknown[];
  readonly argTypes: SqlQuery['argTypes'];

  constructor(
    readonly statement: Statement,
    values: readonly StatementValue[],
  ) {
    this.sql = statement.sql;
    this.args = [...values];
    this.argTypes = values.map((value) => ({
      scalarType: 'string',
      arity: Array.isArray(value) ? 'list' : 'scalar',
    }));
  }
}

/** The name to prepare a query under; empty for one that is not prepared. */
export const nameOf = (query: SqlQuery): string =>
  query instanceof StatementQuery ? query.statement.name : '';
