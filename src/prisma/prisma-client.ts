import { type Prisma, PrismaClient } from './generated/client.js';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { DatabaseLimits } from './database-settings.js';

/** What reads and writes the tables: the whole database, or one transaction of it. */
export type DatabaseClient = Prisma.TransactionClient;

/** Runs one operation under the limits, and turns its failure into what callers understand. */
export type Guard = <T>(operation: () => Promise<T>) => Promise<T>;

/** A Prisma client whose every operation goes through `guard`. */
export function createPrismaClient(
  adapter: SqlDriverAdapterFactory,
  limits: DatabaseLimits,
  guard: Guard,
): PrismaClient {
  const client = new PrismaClient({
    adapter,
    // The other formats print the arguments of a failed call, values included.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: limits.connectMs, timeout: limits.statementMs },
  });
  const guarded = client.$extends({
    query: { $allOperations: ({ args, query }) => guard(() => query(args)) },
  });
  // An extension that adds nothing but `query` leaves the client's interface as it is; its type has another name.
  return guarded as unknown as PrismaClient;
}
