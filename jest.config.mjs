const { TEST_DATABASE_URL, TEST_REDIS_URL, TEST_RECORDINGS_DIR } = process.env;

/** Suites that need a service, or a folder, run where its variable names one; elsewhere nothing is skipped, for nothing is there. */
const suitesWithoutWhatTheyNeed = [
  ...(TEST_DATABASE_URL ? [] : ['<rootDir>/test/postgres/', '<rootDir>/test/security/postgres/']),
  ...(TEST_RECORDINGS_DIR ? [] : ['<rootDir>/test/recordings/']),
  // What several servers share is a PostgreSQL and a Redis.
  ...(TEST_DATABASE_URL && TEST_REDIS_URL ? [] : ['<rootDir>/test/redis/', '<rootDir>/test/security/redis/']),
];

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*-spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...suitesWithoutWhatTheyNeed],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
  transform: { '^.+\\.ts$': '@swc/jest' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testTimeout: 30_000,
  // Apollo's drain plugin for Fastify leaves a timer of ten seconds behind when a server stops.
  forceExit: true,
};
