import { isAccessToken } from '../common/access-token.js';
import type { ProviderDefinition } from '../common/provider-definition.js';
import { BadUserInputError } from '../common/input-errors.js';
import type { KeyMask } from '../common/key-mask.js';
import { findOwnerMistake } from '../common/key-owner.js';
import { registry } from '../providers/registry/registry.js';
import { hasKey, hasKeyWithPrefix } from './key-likeness.js';

const SHOWN_AT_THE_END = 4;
/** Below this many characters after the prefix, showing any of them would reveal too much. */
const SHORTEST_WITH_AN_END = 8;

/**
 * The provider's public prefix and the last characters: four at most, and never more than a quarter of what follows
 * the prefix.
 */
export function maskKey(key: string, { keyPrefixes }: ProviderDefinition): string {
  const prefix = keyPrefixes.public.find((candidate) => key.startsWith(candidate)) ?? '';
  const hidden = key.length - prefix.length;
  const shown = hidden < SHORTEST_WITH_AN_END ? 0 : Math.min(SHOWN_AT_THE_END, Math.floor(hidden / 4));
  return `${prefix}…${key.slice(key.length - shown)}`;
}

/**
 * An access token is no key: it would be sent to a stranger.
 *
 * @throws BadUserInputError BAD_USER_INPUT
 */
export function checkIsNoAccessToken(key: string): void {
  if (isAccessToken(key)) throw BadUserInputError.at('input.apiKey', 'is an access token of this server');
}

/** @throws BadUserInputError BAD_USER_INPUT naming the provider whose key it looks like */
export function checkKeyBelongsTo(key: string, definition: ProviderDefinition): void {
  const mistake = findOwnerMistake(key, definition, registry);
  if (mistake !== null) throw BadUserInputError.at('input.apiKey', mistake);
}

/**
 * Names are stored and shown in the clear: a key that was typed into the wrong field must not become one.
 *
 * @param path of the name in the input
 * @throws BadUserInputError BAD_USER_INPUT
 */
export function checkNameIsNoKey(name: string | null | undefined, path = NAME): void {
  if (name && hasKey(name)) throw nameHasKey(path);
}

/**
 * The same for the name of a key that is at hand: no part of it may be in there.
 *
 * @throws BadUserInputError BAD_USER_INPUT
 */
export function checkNameIsNotOf(
  apiKey: string,
  { keyPrefixes }: ProviderDefinition,
  name: string | null | undefined,
  path = NAME,
): void {
  const prefix = keyPrefixes.public.find((candidate) => apiKey.startsWith(candidate)) ?? '';
  if (name && (name.includes(apiKey) || hasPartOf(apiKey.slice(prefix.length), name))) throw nameHasKey(path);
}

/**
 * The same for the name of a stored key, which is not opened for that: a word that begins and ends as the key does.
 *
 * @throws BadUserInputError BAD_USER_INPUT
 */
export function checkNameIsNotMasked(maskedKey: string, name: string | null | undefined): void {
  const [prefix = '', end = ''] = maskedKey.split('…');
  // Two or three characters alone are those of many words.
  if (!name || end.length < (prefix === '' ? SHOWN_AT_THE_END : 1)) return;
  const shortest = prefix === '' ? SHORTEST_WITH_AN_END : SHOWN_AT_THE_END;
  const isKey = (word: string): boolean => {
    const begin = word.indexOf(prefix);
    return begin >= 0 && word.lastIndexOf(end) - begin - prefix.length >= shortest;
  };
  if (name.split(/\s+/).some(isKey)) throw nameHasKey(NAME);
}

/**
 * The same for an address: a key belongs into no URL.
 *
 * @throws BadUserInputError BAD_USER_INPUT
 */
export function checkAddressIsNotOf(apiKey: string, address: string, path: string): void {
  if (!hasKeyWithPrefix(address) && !address.toLowerCase().includes(apiKey.toLowerCase())) return;
  throw BadUserInputError.at(path, 'must not have a key in it: addresses are stored and shown in the clear');
}

/**
 * The same for patterns of models.
 *
 * @throws BadUserInputError BAD_USER_INPUT
 */
export function checkPatternsAreNoKeys(patterns: readonly string[] | null | undefined): void {
  if (!patterns?.some(hasKeyWithPrefix)) return;
  throw BadUserInputError.at(
    'input.allowedModels',
    'must not have a key in it: patterns are stored in the clear',
  );
}

/**
 * The model that a chat names goes into the audit trail as it was sent: it is neither the key at hand nor any other
 * that its prefix gives away.
 *
 * @param mask of the key that the chat is about to use
 * @throws BadUserInputError BAD_USER_INPUT
 */
export function checkModelIsNoKey(model: string | null, mask: KeyMask): void {
  if (model === null || (mask.text(model) === model && !hasKeyWithPrefix(model))) return;
  throw BadUserInputError.at(
    'input.model',
    'must not have a key in it: models are kept and shown in the clear',
  );
}

const NAME = 'input.name';

const nameHasKey = (path: string): BadUserInputError =>
  BadUserInputError.at(path, 'must not have a key in it: names are stored and shown in the clear');

/** So many characters in common between a key and its name are no coincidence; in a plain word it takes more. */
const COMMON_LENGTH = 8;
const COMMON_WORD_LENGTH = 16;
const PLAIN_WORD = /^(?:[A-Z]?[a-z]*|[A-Z]*)$/;

function hasPartOf(secret: string, name: string): boolean {
  const hasRevealing = partsOf(name, COMMON_LENGTH).some(
    (part) => !PLAIN_WORD.test(part) && secret.toLowerCase().includes(part.toLowerCase()),
  );
  // However it is cut up, say by spaces.
  const joined = joinedUp(secret);
  return hasRevealing || partsOf(joinedUp(name), COMMON_WORD_LENGTH).some((part) => joined.includes(part));
}

const joinedUp = (text: string): string => text.replace(/[^A-Za-z0-9]/g, '').toLowerCase();

/** Every piece of a text that is so long. */
const partsOf = (text: string, length: number): string[] =>
  Array.from({ length: Math.max(0, text.length - length + 1) }, (_, index) =>
    text.slice(index, index + length),
  );
