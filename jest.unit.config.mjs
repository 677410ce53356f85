import everything from './jest.config.mjs';

/** The suites beside the source: they need no build, no database and no server. */
/** @type {import('jest').Config} */
export default {
  ...everything,
  testMatch: ['<rootDir>/{src,console/src}/**/*.spec.ts'],
  globalSetup: '<rootDir>/test/support/unit-setup.mjs',
};
