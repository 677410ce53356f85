/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*-spec.ts'],
  // What several servers share takes a PostgreSQL and a Redis.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(process.env.TEST_REDIS_URL && process.env.TEST_DATABASE_URL ? [] : ['<rootDir>/test/redis/']),
  ],
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
