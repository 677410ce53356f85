import { availableParallelism, totalmem } from 'node:os';

const { TEST_DATABASE_URL, TEST_REDIS_URL, TEST_RECORDINGS_DIR, TEST_VECTORS_DIR } = process.env;

/** Suites that need what is not here run where a variable names it; elsewhere nothing is skipped, for nothing is there. */
const suitesWithoutTheirNeeds = [
  ...(TEST_DATABASE_URL ? [] : ['<rootDir>/test/postgres/', '<rootDir>/test/security/postgres/']),
  ...(TEST_RECORDINGS_DIR ? [] : ['<rootDir>/test/recordings/']),
  // What several servers share is a PostgreSQL and a Redis.
  ...(TEST_DATABASE_URL && TEST_REDIS_URL ? [] : ['<rootDir>/test/redis/', '<rootDir>/test/security/redis/']),
  // Test vectors of Project Wycheproof.
  ...(TEST_VECTORS_DIR ? [] : ['<rootDir>/test/vectors/']),
];

/** What a worker and the servers that it has started take, at the most. */
const WORKER_BYTES = 2 * 1024 ** 3;
/** All processors; of 4 GB, a kernel leaves less than two whole shares. By itself jest leaves one of them idle, which is half of a small machine. */
/** A container's share, where this is one: what the machine has says nothing of it. Zero: unknown. */
const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity);
const workers = Math.max(1, Math.min(availableParallelism(), Math.round(memory / WORKER_BYTES)));

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{src,console/src}/**/*.spec.ts', '<rootDir>/test/**/*-spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...suitesWithoutTheirNeeds],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'],
    '^content-disposition$': '<rootDir>/test/support/content-disposition.cjs',
  },
  transform: { '^.+\\.ts$': '@swc/jest' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // What hangs is found late, but what is slow on a busy machine passes.
  testTimeout: 120_000,
  maxWorkers: workers,
  // The modules of suites that have ended stay in memory, some 30 MB of each (https://github.com/jestjs/jest/issues/14605,
  // https://github.com/nodejs/node/issues/63186): a worker that holds more than this makes way for a new one.
  workerIdleMemoryLimit: '700MB',
  // Apollo's drain plugin for Fastify leaves a timer of ten seconds behind when a server stops.
  forceExit: true,
};
