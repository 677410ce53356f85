import { type Prisma, PrismaClient } from './generated/client.js';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { LONGEST_TIMER_MS } from '../config/parsers.js';

/** What reads and writes the tables: the whole database, or one transaction of it. */
export type DatabaseClient = Prisma.TransactionClient;

/** Runs one operation under the limits, and turns its failure into what callers understand. */
export type Guard = <T>(operation: () => Promise<T>) => Promise<T>;

/** A Prisma client without limits: its own count the event loop's time as the database's. */
export const createPrismaClient = (adapter: SqlDriverAdapterFactory): PrismaClient =>
  new PrismaClient({
    adapter,
    // The other formats print the arguments of a failed call, values included.
    errorFormat: 'minimal',
    transactionOptions: { maxWait: LONGEST_TIMER_MS, timeout: LONGEST_TIMER_MS },
  });

/** The same client, and every operation of it goes through `guard`, those within its transactions, too. */
export function guardedBy(client: PrismaClient, guard: Guard): PrismaClient {
  const guarded = client.$extends({
    query: { $allOperations: ({ args, query }) => guard(() => query(args)) },
  });
  // An extension that adds nothing but `query` leaves the client's interface as it is; its type has another name.
  return guarded as unknown as PrismaClient;
}
