import type {
  ConnectionInfo,
  IsolationLevel,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils';

/** Settings of PostgreSQL by name. */
export type Settings = Readonly<Record<string, string | number>>;

const command = (sql: string): SqlQuery => ({ sql, args: [], argTypes: [] });

/** Sets what holds until the transaction ends, in one statement. */
function setLocally(settings: Settings): SqlQuery {
  const args = Object.entries(settings).flatMap(([name, value]) => [name, String(value)]);
  const calls = Object.keys(settings).map(
    (_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, true)`,
  );
  return {
    sql: `SELECT ${calls.join(', ')}`,
    args,
    argTypes: args.map(() => ({ scalarType: 'string', arity: 'scalar' })),
  };
}

/**
 * A driver adapter behind a transaction pooler, where each transaction may meet another session: nothing is left to a
 * session. Every statement runs in a transaction, and every transaction begins with the settings that it needs.
 */
class PooledAdapter implements SqlDriverAdapter {
  readonly provider = 'postgres';
  readonly adapterName: string;
  readonly #settings: SqlQuery;

  constructor(
    private readonly adapter: SqlDriverAdapter,
    settings: Settings,
  ) {
    this.adapterName = adapter.adapterName;
    this.#settings = setLocally(settings);
  }

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return this.#inTransaction((transaction) => transaction.queryRaw(query));
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#inTransaction((transaction) => transaction.executeRaw(query));
  }

  async startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    const transaction = await this.adapter.startTransaction(isolationLevel);
    try {
      await transaction.executeRaw(this.#settings);
      return transaction;
    } catch (error) {
      void undo(transaction);
      throw error;
    }
  }

  executeScript(script: string): Promise<void> {
    return this.adapter.executeScript(script);
  }

  getConnectionInfo(): ConnectionInfo {
    return this.adapter.getConnectionInfo?.() ?? { supportsRelationJoins: true };
  }

  dispose(): Promise<void> {
    return this.adapter.dispose();
  }

  async #inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const transaction = await this.startTransaction();
    let result: T;
    try {
      result = await work(transaction);
      await transaction.executeRaw(command('COMMIT'));
    } catch (error) {
      // The failure is known: its caller does not wait for the rollback, which may hang.
      void undo(transaction);
      throw error;
    }
    // Gives the connection back, and no more: it is for its caller to say COMMIT.
    await transaction.commit();
    return result;
  }
}

/** Gives the connection back, to be closed by its pool where the rollback failed, too. */
async function undo(transaction: Transaction): Promise<void> {
  await transaction.executeRaw(command('ROLLBACK')).catch(() => undefined);
  await transaction.rollback();
}

/** The driver for a URL that {@link leadsToPooler}: needs no session of its own, and no startup option. */
export function throughPooler(factory: SqlDriverAdapterFactory, settings: Settings): SqlDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => new PooledAdapter(await factory.connect(), settings),
  };
}
