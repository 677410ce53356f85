/** A statement that the code sends often, the same text each time: a connection to a server prepares it once. */
export interface Statement {
  /** Unlike that of any other. */
  readonly name: string;
  /** Values stand in it as $1, $2 …. */
  readonly sql: string;
}

/** What a statement takes: a text, null, or a list of texts for an array. */
export type StatementValue = string | null | readonly string[];

/**
 * Runs a statement, which is a transaction of its own.
 *
 * @returns its rows, by the names of their columns. Moments are texts (ISO 8601), and so is JSON; what is not a text, a
 * number or a truth value either is as the driver has it
 * @throws what the driver throws
 */
export type RunStatement = (
  statement: Statement,
  values: readonly StatementValue[],
) => Promise<Record<string, unknown>[]>;
