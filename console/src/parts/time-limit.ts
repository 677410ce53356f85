const LONGEST_MS = 10_000;

/**
 * A connection may be gone without a word: what takes longer is given up, and can be asked for again on another one.
 *
 * @param signal ends it, too
 */
export const withTimeLimit = (signal?: AbortSignal): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(LONGEST_MS), ...(signal ? [signal] : [])]);
