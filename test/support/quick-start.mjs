/**
 * Arguments for Node where a process runs a database of its own for seconds. V8 optimizes PGlite's WebAssembly in the
 * background, which takes more of the processors than it gives back before some ten thousand statements have run. (As
 * `npm test` has it for the suites themselves.)
 */
export const QUICK_START = ['--liftoff-only'];
