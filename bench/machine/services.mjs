// PostgreSQL and Redis, as the environment names them. An empty variable counts as unset, as everywhere here.
const { BENCH_DATABASE_URL, BENCH_REDIS_URL } = process.env;

/** Null: none is named. */
export const namedDatabaseUrl = BENCH_DATABASE_URL || null;
/** Null: none is named. */
export const namedRedisUrl = BENCH_REDIS_URL || null;

/** With what development has on its own machine, where none is named. */
export const databaseUrl = namedDatabaseUrl ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
export const redisUrl = namedRedisUrl ?? 'redis://127.0.0.1:6379';
