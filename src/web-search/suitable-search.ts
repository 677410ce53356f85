import { BadUserInputError, type Violation } from '../common/input-errors.js';
import { getProviderEntry, type SearchProviderId } from '../providers/registry/provider-ids.js';
import type { QueryLimit, SearchEngineEntry, SearchOption } from '../providers/search/contract.js';
import type { WebSearchInput } from './web-search.model.js';

const engineOptions: readonly SearchOption[] = ['country', 'language', 'safeSearch', 'depth'];

/** A search that the engine with the key would refuse, though none was named. Nothing was spent on it. */
export class UnsuitableSearchError extends BadUserInputError {
  constructor(
    readonly provider: SearchProviderId,
    violations: readonly Violation[],
  ) {
    super(violations);
  }
}

/**
 * Checks what is known before a key is looked for: with an engine named, all that it lacks.
 *
 * @throws BadUserInputError BAD_USER_INPUT naming each input that the engine has no such option or value for
 */
export function checkNamedEngine(input: WebSearchInput): void {
  const { provider } = input;
  if (!provider) return;
  const engine = getEngine(provider);
  const violations = [...violationsOfQuery(input, engine), ...violationsOfOptions(input, engine)];
  if (violations.length > 0) throw new UnsuitableSearchError(provider, violations);
}

/**
 * Checks the words against the engine whose key was found: no engine can be asked with less than all of them.
 *
 * @throws UnsuitableSearchError BAD_USER_INPUT naming `input.query`, and the limit
 */
export function checkQuerySuits(input: WebSearchInput, provider: SearchProviderId): void {
  const violations = violationsOfQuery(input, getEngine(provider));
  if (violations.length > 0) throw new UnsuitableSearchError(provider, violations);
}

function getEngine(provider: SearchProviderId): SearchEngineEntry {
  const entry = getProviderEntry(provider);
  if (entry.kind !== 'SEARCH') throw new Error(`${provider} is no search engine.`);
  return entry;
}

function violationsOfQuery({ query }: WebSearchInput, engine: SearchEngineEntry): Violation[] {
  const { characters, words } = engine.queryLimit;
  const isTooLong =
    Array.from(query).length > characters ||
    (words !== undefined && query.trim().split(/\s+/).length > words);
  if (!isTooLong) return [];
  return [
    {
      path: 'input.query',
      message: `${engine.displayName} takes at most ${describeLimit(engine.queryLimit)}`,
    },
  ];
}

function describeLimit({ characters, words }: QueryLimit): string {
  return words === undefined ? `${characters} characters` : `${words} words and ${characters} characters`;
}

function violationsOfOptions(input: WebSearchInput, engine: SearchEngineEntry): Violation[] {
  return engineOptions.flatMap((option) => {
    const value = input[option];
    if (value === undefined || value === null) return [];
    const path = `input.${option}`;
    if (!engine.options.includes(option))
      return [{ path, message: `${engine.displayName} has no such option` }];
    const values = {
      country: engine.countries,
      language: engine.languages,
      safeSearch: undefined,
      depth: undefined,
    };
    if (values[option]?.has(value) === false)
      return [{ path, message: `${engine.displayName} does not have this ${option}` }];
    return [];
  });
}
